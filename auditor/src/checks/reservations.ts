import type { Audit } from '../audit.ts';
import type { Page } from '../book.ts';
import { compareColumns, secondsOf } from '../columns.ts';
import { readerOf } from '../side-by-side.ts';
import type { Reader } from '../side-by-side.ts';
import { rowsOf } from '../snapshot.ts';
import { ALLOWANCES, MOVES } from './reservations-sql.ts';
import type { AllowanceRow, MoveRow } from './reservations-sql.ts';
import { auditState } from './allowance-states.ts';

/**
 * Each allowance's reservation was funded by one transfer of its limit from the payer's offline
 * wallet; what went back did so by one of the two rules of spec/settlement.md §4, and nothing
 * else touched it. (What settled from it is the business of the settlement transfers.)
 */
export async function auditReservations({ snapshot, book, now }: Audit): Promise<void> {
  const page = book.page('reservations');
  const moves = readerOf(rowsOf<MoveRow>(snapshot, MOVES));
  try {
    for await (const allowance of rowsOf<AllowanceRow>(snapshot, ALLOWANCES, { values: [now] })) {
      page.saw();
      const releasedMinor = await auditMoves(page, allowance, moves);
      auditState(book.page('allowance states'), allowance, releasedMinor);
    }
    const move = await moves.peek();
    if (move !== undefined) throw new Error('A transfer of a reservation that has no allowance.');
  } finally {
    await moves.close();
  }
}

/** One reservation while its transfers go by, in the order of their ids. */
interface Reservation {
  readonly allowance: AllowanceRow;
  isFunded: boolean;
  isReleased: boolean;
  isClosed: boolean;
  releasedMinor: bigint;
}

async function auditMoves(
  page: Page,
  allowance: AllowanceRow,
  moves: Reader<MoveRow>,
): Promise<bigint> {
  const reservation: Reservation = {
    allowance,
    isFunded: false,
    isReleased: false,
    isClosed: false,
    releasedMinor: 0n,
  };
  for (let move = await moves.peek(); move?.no === allowance.no; move = await moves.peek()) {
    await moves.take();
    auditMove(page, reservation, move);
  }
  if (!reservation.isFunded) {
    const what = 'the reservation was never funded';
    const expected = allowance.limit_minor;
    page.wrong({ ...whereOf(allowance), what, expected, found: undefined });
  }
  auditDueRelease(page, reservation);
  return reservation.releasedMinor;
}

function auditMove(page: Page, reservation: Reservation, move: MoveRow): void {
  const { allowance } = reservation;
  const where = { table: 'ledger_transfers', key: { id: move.id, allowance_no: allowance.no } };
  switch (move.kind) {
    case 'reserve':
      if (reservation.isFunded) break;
      reservation.isFunded = true;
      compareColumns(page, where, [
        ['debit_account', allowance.payer_offline, move.debit_account],
        ['credit_account', allowance.ledger_account, move.credit_account],
        ['amount', allowance.limit_minor, move.amount],
        ['currency', allowance.currency, move.currency],
        ['reference', allowance.id, move.reference],
      ]);
      return;
    case 'release':
      if (reservation.isReleased) break;
      reservation.isReleased = true;
      return auditRelease(page, reservation, move, releaseOfLast(allowance));
    case 'closing':
      if (reservation.isClosed) break;
      reservation.isClosed = true;
      return auditRelease(page, reservation, move, releaseOfEnd(reservation, move));
  }
  const expected = 'one of reserve, release, closing, each once';
  const what = 'a transfer that no rule asks for touched the reservation';
  page.wrong({ ...where, what, expected, found: move.kind });
}

/** What a rule lets go back; `undefined` where the rule does not speak. */
interface Due {
  readonly minor: bigint | undefined;
  readonly rule: string;
}

/** (a): the last allowed sequence says what was spent in all. */
function releaseOfLast({ limit_minor, last_spent }: AllowanceRow): Due {
  const minor = last_spent === null ? undefined : limit_minor - last_spent;
  return { minor, rule: 'the last allowed sequence has settled' };
}

/** (b): after the end of `claim until`, what is left. */
function releaseOfEnd({ allowance, releasedMinor }: Reservation, { at }: MoveRow): Due {
  const left = allowance.limit_minor - allowance.settled_minor - releasedMinor;
  const isOver = secondsOf(at) > Number(allowance.claim_until_s);
  return { minor: isOver ? left : undefined, rule: 'the claim window is over' };
}

function auditRelease(page: Page, reservation: Reservation, move: MoveRow, due: Due): void {
  const { allowance } = reservation;
  const where = { table: 'ledger_transfers', key: { id: move.id, allowance_no: allowance.no } };
  reservation.releasedMinor += move.amount;
  if (due.minor === undefined) {
    const what = 'money went back from the reservation before it was due';
    page.wrong({ ...where, what, expected: `that ${due.rule}`, found: move.at });
    return;
  }
  const isAsDue = compareColumns(page, where, [
    ['debit_account', allowance.ledger_account, move.debit_account],
    ['credit_account', allowance.payer_offline, move.credit_account],
    ['amount', due.minor, move.amount],
    ['currency', allowance.currency, move.currency],
    ['reference', allowance.id, move.reference],
  ]);
  if (!isAsDue || allowance.proved_at === null) return;
  if (move.at > allowance.proved_at) {
    const what = 'money went back although the device was proved to have signed twice';
    page.wrong({ ...where, what, expected: 'nothing before the case is decided', found: move.at });
  }
}

/** Rule (a) is no choice: where it speaks, and nobody is accused, it has been followed. */
function auditDueRelease(page: Page, { allowance, isReleased }: Reservation): void {
  const { minor } = releaseOfLast(allowance);
  if (isReleased || minor === undefined || minor === 0n || allowance.proved_at !== null) return;
  const what = 'the last allowed sequence has settled and the rest was not given back';
  page.wrong({ ...whereOf(allowance), what, expected: minor, found: undefined });
}

function whereOf({ no }: AllowanceRow) {
  return { table: 'allowances', key: { no } };
}
