import { randomBytes } from 'node:crypto';
import { proveWalletKey, readWalletKeyItem } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { decide } from '../../src/settlement/index.ts';
import type { Facts, Proved } from '../../src/settlement/index.ts';
import { NO_ORDER_FACTS } from '../../src/settlement/orders.ts';
import type { HeldKey } from './key-town.ts';
import { dictOf, makeKey, signDict } from './key-town.ts';
import type { Person } from './town.ts';
import { PKR, said, USD } from './town.ts';

/** The rules of spec/wallet-key.md §6, each with all later ones broken: the first one speaks. */

const NOW = 1_000_000;
const PAYER_WALLET = 731149062259;
const [PAYER_ACCOUNT, PAYEE_ACCOUNT] = [11n, 22n];

let payer: HeldKey;
let payee: HeldKey;

beforeAll(async () => {
  const person = (number: number) => ({ offline: { number } }) as Person;
  payer = await makeKey(person(PAYER_WALLET));
  payee = await makeKey(person(PAYER_WALLET));
});

const key = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

async function proved(place = 0, fields = {}, more = {}): Promise<Proved> {
  const text = dictOf(payer, payee, { amount: 500, nonce: 'n', more, ...fields });
  const form = { spaced: false, stringified: false };
  const { bytes } = await signDict(payer, text, form);
  const read = readWalletKeyItem(bytes);
  if (!read.ok) throw new Error(read.code);
  const found = await proveWalletKey(read.value, payer, nodeVerifier());
  if (!found.ok) throw new Error(found.code);
  const sha256 = new Uint8Array(randomBytes(32));
  return { kind: 'key_payment', verified: found.value, item: { place, at: 0, bytes }, sha256 };
}

interface Changes {
  readonly payer?: object | undefined;
  readonly signerKey?: object | undefined;
  readonly payeeKey?: object | undefined;
  readonly taken?: object | undefined;
  readonly refusedBefore?: readonly number[] | undefined;
  readonly funds?: bigint | undefined;
  readonly currencies?: readonly number[] | undefined;
}

const broken = {
  payer: { active: false, accountActive: false, blockedAt: NOW - 100, currency: USD },
  signerKey: { until: NOW - 50 },
  taken: { paymentId: new Uint8Array(32), receivedAt: NOW - 60, bySession: false },
  funds: 0n,
  currencies: [],
};

function factsWith(changes: Changes): Facts {
  const { funds = 500n, currencies = [PKR], refusedBefore = [] } = changes;
  const window = { wallet: PAYER_WALLET, owner: 'ali', from: NOW - 1_000, until: undefined };
  const named =
    'payeeKey' in changes && changes.payeeKey === undefined
      ? []
      : [[key(payee.id), { ...window, wallet: 9, owner: 'shop', ...changes.payeeKey }] as const];
  const standing = { kind: 'offline' as const, active: true, accountActive: true, blockedAt: 0 };
  return {
    allowances: new Map(),
    wallets: new Map([
      [9, { number: 9, accounts: new Map(currencies.map((each) => [each, PAYEE_ACCOUNT])) }],
    ]),
    rejections: new Map(),
    returns: new Map(),
    refunds: new Map(),
    refunded: new Map(),
    payers: new Map(),
    funds: new Map([[PAYER_ACCOUNT, funds]]),
    keys: {
      payers: new Map([
        [
          PAYER_WALLET,
          {
            accountId: 1n,
            owner: 'ali',
            account: PAYER_ACCOUNT,
            currency: PKR,
            ...standing,
            ...changes.payer,
          },
        ],
      ]),
      keys: new Map([[key(payer.id), { ...window, ...changes.signerKey }], ...named]),
      taken: new Map(
        changes.taken === undefined
          ? []
          : [
              [
                `${PAYER_WALLET}:n`,
                {
                  paymentId: new Uint8Array(32),
                  receivedAt: NOW - 60,
                  bySession: false,
                  ...changes.taken,
                },
              ],
            ],
      ),
      settled: new Map(),
      refusedBefore: new Set(refusedBefore),
    },
    orders: NO_ORDER_FACTS,
  };
}

const hearing = { uploadId: 1n, receivedAt: NOW - 10, decidedAt: NOW };

describe('the first rule that speaks', () => {
  const table: readonly (readonly [string, Changes, object])[] = [
    ['nonce_conflict', broken, { receiver_wallet_id: 8 }],
    ['payer_key_retired', { ...broken, taken: undefined }, { receiver_wallet_id: 8 }],
    [
      'payee_mismatch',
      { ...broken, taken: undefined, signerKey: undefined },
      { receiver_wallet_id: 8 },
    ],
    [
      'wrong_currency',
      { ...broken, taken: undefined, signerKey: undefined, payeeKey: undefined },
      {},
    ],
    [
      'wallet_inactive',
      { payer: { ...broken.payer, currency: PKR }, funds: 0n, currencies: [], payeeKey: undefined },
      {},
    ],
    [
      'payer_under_review',
      {
        payer: { accountActive: false, blockedAt: NOW - 100 },
        funds: 0n,
        currencies: [],
        payeeKey: undefined,
      },
      {},
    ],
    ['payee_unknown', { funds: 0n, currencies: [], payeeKey: undefined }, {}],
    ['wrong_currency', { funds: 0n, currencies: [USD] }, {}],
    ['insufficient_funds', { funds: 499n }, {}],
    ['settled', { funds: 500n }, { receiver_wallet_id: 9, payee_id: 'shop', payer_id: 'ali' }],
  ];
  test.each(table)('%s', async (code, changes, more) => {
    const { answers, settledKeys, rejected, moves } = decide(
      [await proved(0, {}, more)],
      factsWith(changes),
      hearing,
    );
    expect(answers.map(({ outcome }) => said(outcome))).toEqual([code]);
    expect(settledKeys).toHaveLength(code === 'settled' ? 1 : 0);
    expect(rejected).toHaveLength(code === 'settled' ? 0 : 1);
    expect(moves).toEqual([]);
  });
});

describe('the times of authority', () => {
  const retired = { signerKey: { until: NOW - 5 } };
  const blocked = { payer: { accountActive: false, blockedAt: NOW - 5 } };
  const table: readonly (readonly [string, Changes, string])[] = [
    ['received before the key was retired', retired, 'settled'],
    [
      'refused then, so it has no time but now',
      { ...retired, refusedBefore: [0] },
      'payer_key_retired',
    ],
    [
      'retired in the very second it was received',
      { signerKey: { until: NOW - 10 } },
      'payer_key_retired',
    ],
    ['registered after it was received', { signerKey: { from: NOW - 1 } }, 'settled'],
    ['registered later than now', { signerKey: { from: NOW + 1 } }, 'payer_key_retired'],
    ['another wallet’s by now', { signerKey: { wallet: 8 } }, 'payer_key_retired'],
    ['received before the block', blocked, 'settled'],
    ['refused then', { ...blocked, refusedBefore: [0] }, 'payer_under_review'],
    [
      'blocked since ever',
      { payer: { accountActive: false, blockedAt: -Infinity } },
      'payer_under_review',
    ],
  ];
  test.each(table)('%s', async (_, changes, code) => {
    const { answers } = decide([await proved()], factsWith(changes), hearing);
    expect(answers.map(({ outcome }) => said(outcome))).toEqual([code]);
  });

  test.each([
    ['sync', false, 'payer_key_retired'],
    ['his own session', true, 'settled'],
  ])('what the payer stored by %s', async (_, bySession, code) => {
    const item = await proved();
    if (item.kind !== 'key_payment') throw new Error(item.kind);
    const taken = { paymentId: item.verified.paymentId, receivedAt: NOW - 60, bySession };
    const facts = factsWith({ ...{ signerKey: { until: NOW - 50 } }, taken, refusedBefore: [0] });
    const { answers, claimed } = decide([item], facts, hearing);
    expect(answers.map(({ outcome }) => said(outcome))).toEqual([code]);
    expect(claimed).toEqual([]);
  });
});

describe('in one batch', () => {
  test('each sees what the ones before it took', async () => {
    const items = [
      await proved(0, { nonce: 'a', amount: 300 }),
      await proved(1, { nonce: 'b', amount: 300 }),
      await proved(2, { nonce: 'a', amount: 200 }),
      await proved(3, { nonce: 'c', amount: 200 }),
      await proved(4, { nonce: 'a', amount: 300 }),
    ];
    const { answers, claimed, settledKeys } = decide(items, factsWith({}), hearing);
    expect(answers.map(({ outcome }) => said(outcome))).toEqual([
      'settled',
      'insufficient_funds',
      'nonce_conflict',
      'settled',
      'settled',
    ]);
    expect(settledKeys.map(({ payment }) => payment.amountMinor)).toEqual([300n, 200n]);
    // A refusal that may pass holds its nonce as well; a conflict holds none.
    expect(claimed.map(({ verified }) => verified.nonce)).toEqual(['a', 'b', 'c']);
  });
});
