import { equalBytes, hex, proveWalletKey } from '@sikka/protocol';
import type { VerifiedKeyPayment, WalletKey, WalletKeyItem } from '@sikka/protocol';
import { nonceName } from './key-facts.ts';
import type { KeyFacts } from './key-facts.ts';
import { compare, isBefore, other, PAST, SAME } from './verdict.ts';
import type { Again, Judging, RejectionRow } from './verdict.ts';

/** Codes by which a refusal says how things stood when it was made (spec/wallet-key.md §6). */
const PASSING = new Set([
  'payer_key_retired',
  'wallet_inactive',
  'payer_under_review',
  'payee_unknown',
  'insufficient_funds',
]);

/** Judges a refused payment by a wallet's key again: what follows from bytes, keys and nonces. */
export async function judgeKeyPayment(
  { trust, facts: { keys: facts } }: Judging,
  row: RejectionRow,
  item: WalletKeyItem,
): Promise<Again> {
  // A key that the wallet got only later may have signed it.
  if (row.code === 'payer_key_unknown') return passing(row);
  const keys = facts.wallets.get(item.claimed.payerWallet)?.keys ?? [];
  const proved = await proveByAny(item, keys, trust.verifier);
  if (typeof proved === 'string') return compare(proved, row);
  if (PASSING.has(row.code)) return passing(row);
  switch (row.code) {
    case 'nonce_conflict':
      return isNonceTaken(facts, proved) ? SAME : other('the nonce is its own');
    case 'payee_mismatch':
      return isMismatch(facts, proved) ? SAME : other('the text agrees with the keys');
    case 'wrong_currency':
      return isWrongCurrency(facts, row, proved) ? SAME : other('the currency of both wallets');
    default:
      return other('settled, or another code');
  }
}

/** What may pass is never kept under the payment's id: it would be final. */
function passing({ document_id }: RejectionRow): Again {
  return document_id === null ? PAST : other('a refusal that may pass');
}

/** The code of what no key signed, or of what says that it is no payment. */
async function proveByAny(
  item: WalletKeyItem,
  keys: readonly WalletKey[],
  verifier: Judging['trust']['verifier'],
): Promise<VerifiedKeyPayment | string> {
  for (const key of keys) {
    const proved = await proveWalletKey(item, key, verifier);
    if (proved.ok) return proved.value;
    if (proved.code === 'malformed') return 'malformed';
  }
  return 'payer_key_unknown';
}

function isNonceTaken({ holders }: KeyFacts, proved: VerifiedKeyPayment): boolean {
  const holder = holders.get(nonceName(proved.payerWallet, proved.nonce));
  return holder !== undefined && !equalBytes(holder, proved.paymentId);
}

function isMismatch({ payees, wallets }: KeyFacts, proved: VerifiedKeyPayment): boolean {
  const payee = payees.get(hex(proved.payeeKey));
  const payer = wallets.get(proved.payerWallet);
  const named: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ['receiver_wallet_id', [String(payee?.wallet)]],
    ['payee_id', [payee?.owner, String(payee?.wallet)]],
    ['payer_id', [payer?.owner, String(proved.payerWallet)]],
  ];
  return named.some(([name, allowed]) => {
    const said = proved.says.get(name) ?? '';
    return said !== '' && !allowed.includes(said);
  });
}

/** Whether the payee could be credited by then, two clocks may not agree. */
function isWrongCurrency(
  { payees, wallets }: KeyFacts,
  row: RejectionRow,
  { payerWallet, payeeKey, currency }: VerifiedKeyPayment,
): boolean {
  const payer = wallets.get(payerWallet);
  if (payer?.kind !== 'offline' || payer.currency !== currency) return true;
  const since = payees.get(hex(payeeKey))?.credited.get(currency);
  return since === undefined || !isBefore(since, row);
}
