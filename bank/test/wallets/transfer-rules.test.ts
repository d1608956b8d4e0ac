import { expect, test } from 'vitest';
import { refuseTransfer } from '../../src/wallets/rules.ts';
import type { WalletRecord } from '../../src/wallets/index.ts';

const at = new Date(0);
let last = 0;
function wallet(fields: Partial<WalletRecord> = {}): WalletRecord {
  last += 1;
  return {
    number: last,
    accountId: 1n,
    account: 'ayesha',
    kind: 'current',
    currency: 586,
    ledgerAccount: BigInt(last),
    status: 'active',
    hasBankAccount: false,
    createdAt: at,
    updatedAt: at,
    ...fields,
  };
}

const own = wallet();
const ownOffline = wallet({ kind: 'offline' });
const theirs = wallet({ accountId: 2n });
const theirsOffline = wallet({ accountId: 2n, kind: 'offline' });

/** In order of precedence: each row breaks its own rule and every later one. */
test.each([
  ['no such source', undefined, theirs, 'wallet/not_found'],
  ['somebody else’s source', theirs, own, 'wallet/not_found'],
  ['no such target', own, undefined, 'wallet/not_found'],
  ['the same wallet', own, own, 'wallet/same_wallet'],
  [
    'an inactive source',
    wallet({ status: 'inactive', kind: 'offline', currency: 840 }),
    theirs,
    'wallet/inactive',
  ],
  [
    'an inactive target',
    ownOffline,
    wallet({ accountId: 2n, status: 'inactive', currency: 840 }),
    'wallet/inactive',
  ],
  [
    'a source of another currency',
    wallet({ kind: 'offline', currency: 840 }),
    theirs,
    'wallet/currency_mismatch',
  ],
  [
    'a target of another currency',
    ownOffline,
    wallet({ accountId: 2n, currency: 840 }),
    'wallet/currency_mismatch',
  ],
  ['offline money to somebody else', ownOffline, theirs, 'wallet/transfer_not_allowed'],
  ['to somebody else’s offline money', own, theirsOffline, 'wallet/transfer_not_allowed'],
  ['load', own, ownOffline, undefined],
  ['return', ownOffline, own, undefined],
  ['to somebody else, online', own, theirs, undefined],
])('%s: %s', (_, from, to, expected) => {
  expect(refuseTransfer({ accountId: 1n, currency: 586, from, to })).toBe(expected);
});
