import { equalBytes, parseWalletNumber } from '@sikka/protocol';
import type { Page } from '../book.ts';
import { secondsOf } from '../columns.ts';
import { limits } from '../limits.ts';
import type { ProvedEntry, ProvedOrder, ProvedTransaction } from '../proving-orders.ts';
import type { OrderRow } from './orders-sql.ts';

/** The rules of spec/settlement.md §7 that follow from bytes, rows that stay, and dates. */
export function reasonAgainst(page: Page, row: OrderRow, proved: ProvedOrder): string | undefined {
  const reason =
    proved.kind === 'ledger_entry'
      ? againstEntry(row, proved)
      : againstTransaction(page, row, proved);
  if (reason !== undefined) return reason;
  if (!row.is_credited) return 'wrong_currency';
  const received = row.received_at === null ? Infinity : secondsOf(row.received_at);
  const isBefore = secondsOf(row.settled_at) + limits.clockSeconds < received;
  return isBefore ? 'settled before it was received' : undefined;
}

function againstEntry(row: OrderRow, { verified }: ProvedEntry): string | undefined {
  const named = verified.walletId ?? '';
  if (named !== '' && named !== row.limit_wallet) return 'payer_mismatch';
  if (verified.fromId === verified.toId) return 'self_payment';
  return row.payee_ids.includes(verified.toId) ? undefined : 'payee_unknown';
}

/** Authority only with its bundle, once that was accepted or released. */
function againstTransaction(
  page: Page,
  row: OrderRow,
  { verified }: ProvedTransaction,
): string | undefined {
  if (row.payload_sha256 === null || row.taken_content === null) return 'bundle_not_cleared';
  if (!equalBytes(row.payload_sha256, verified.payloadHash)) return 'bundle_not_cleared';
  if (!equalBytes(row.taken_content, verified.content)) return 'order_conflict';
  const { cleared_at: cleared, settled_at: settled } = row;
  const isCleared =
    cleared !== null && secondsOf(cleared) <= secondsOf(settled) + limits.clockSeconds;
  if (!isCleared) return 'bundle_not_cleared';
  if (row.verdict !== 'accepted' && row.review_outcome !== 'released') return 'review_rejected';
  const { till_status: status, till_changed_at: changed } = row;
  const isRevoked =
    status === 'revoked' &&
    changed !== null &&
    secondsOf(changed) + limits.clockSeconds < secondsOf(settled);
  if (isRevoked) return 'device_revoked';
  if (row.taken_own !== true) return 'payment_missing';
  if (row.taken_payee !== row.payee_wallet) return 'payee_unknown';
  return isNamed(page, row, verified.transaction.receiver) ? undefined : 'payee_unknown';
}

/** A phone's number was looked up by the bank, under a secret of its own (decisions/0031). */
function isNamed(page: Page, row: OrderRow, receiver: string): boolean {
  const number = parseWalletNumber(receiver);
  if (number.ok) return BigInt(number.value) === row.payee_wallet;
  if (row.payee_aliases.includes(receiver)) return true;
  if (!isPhone(receiver)) return false;
  page.note("to whom a phone's number was given, that only the bank can look up");
  return true;
}

/** With its country, as only such a number was ever somebody's. */
function isPhone(text: string): boolean {
  const digits = text.replaceAll(/[^0-9]/g, '');
  return /^\+[0-9 ()-]{7,22}$/.test(text) && /^[1-9][0-9]{7,14}$/.test(digits);
}
