import type { KeyPaymentView } from '../bank/port.ts';
import type { SignedKeyPayment } from '../truth.ts';
import type { Look } from './seen.ts';

/** What stood in an earlier look, by world: settled stays settled. */
const before = new WeakMap<Look['seen'], Map<string, string>>();

/**
 * Payments by wallet keys (spec/wallet-key.md): nothing settles that no key of that very wallet
 * signed while it spoke for it, as it was signed; one payment a nonce; and what is settled stays.
 */
export function keyPayments({ truth, view, seen }: Look): readonly string[] {
  const found: string[] = [];
  const earlier = before.get(seen) ?? new Map<string, string>();
  before.set(seen, earlier);
  const nonces = new Map<string, string>();
  for (const row of view.keyPayments) {
    const name = `${row.payerWallet}:${row.nonce}`;
    const first = nonces.get(name);
    if (first !== undefined) found.push(`${first} and ${row.id} settled under one nonce`);
    nonces.set(name, row.id);
    const text = textOf(row);
    const known = earlier.get(row.id);
    if (known === text) continue;
    if (known !== undefined) found.push(`${row.id} is settled differently now`);
    earlier.set(row.id, text);
    found.push(...whyNotSigned(truth, row));
  }
  const now = new Set(view.keyPayments.map(({ id }) => id));
  for (const id of earlier.keys()) if (!now.has(id)) found.push(`${id} was settled and is no more`);
  return found;
}

function textOf({ payerWallet, payeeWallet, amountMinor, nonce, settledAt }: KeyPaymentView) {
  return [payerWallet, payeeWallet, amountMinor, nonce, settledAt].join(' ');
}

function whyNotSigned(truth: Look['truth'], row: KeyPaymentView): readonly string[] {
  const payment = truth.keyPayments.get(row.id);
  if (payment === undefined) return [`${row.id} settled by a key, and nobody signed it`];
  const same =
    payment.payerWallet === row.payerWallet &&
    payment.payeeWallet === row.payeeWallet &&
    payment.amountMinor === row.amountMinor &&
    payment.nonce === row.nonce;
  if (!same) return [`${row.id} settled otherwise than it was signed`];
  if (speaks(truth, payment, row.settledAt)) return [];
  return [`${row.id} settled by a key that did not speak for wallet ${row.payerWallet}`];
}

/** Some time between its signing and its settling: before it was signed nobody had its bytes. */
function speaks(
  { walletKeys }: Look['truth'],
  { keyId, payer, at }: SignedKeyPayment,
  settledAt: number,
): boolean {
  const own = walletKeys.filter(({ account }) => account === payer);
  const place = own.findIndex(({ id }) => id === keyId);
  const [key, next] = [own[place], own[place + 1]];
  return key !== undefined && key.from <= settledAt && (next === undefined || at <= next.from);
}

/** An offline wallet holds what was loaded, less what allowances reserve and what keys paid. */
export function offlineWallets({ truth, view }: Look): readonly string[] {
  const expected = new Map<string, bigint>();
  for (const { account, balanceMinor } of truth.parties.values()) {
    expected.set(account, balanceMinor);
  }
  const add = (account: string, minor: bigint) => {
    expected.set(account, (expected.get(account) ?? 0n) + minor);
  };
  for (const { account, limitMinor, releasedMinor } of view.allowances) {
    add(account, releasedMinor - limitMinor);
  }
  const owners = new Map<number, string>();
  for (const [account, { number }] of view.offlineWallets) owners.set(number, account);
  for (const { payerWallet, amountMinor } of view.keyPayments) {
    add(owners.get(payerWallet) ?? '', -amountMinor);
  }
  return [...expected].flatMap(([account, should]) => {
    const has = view.offlineWallets.get(account)?.balanceMinor ?? 0n;
    return has === should ? [] : [`${account} has ${has} offline instead of ${should}`];
  });
}
