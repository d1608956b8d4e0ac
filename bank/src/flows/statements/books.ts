import { ACCOUNT_KINDS } from '../../ledger/index.ts';
import type { AccountKind } from '../../ledger/index.ts';
import type { Period } from './period.ts';
import { statementOf } from './statement.ts';
import type { Entry, Statement } from './statement.ts';
import type { ClassBalance, Flow } from './store.ts';

/**
 * A statement for each kind of account and currency that there is, in one order always. Throws
 * where a currency's closing balances are not zero together.
 */
export function booksOf(
  balances: readonly ClassBalance[],
  flows: readonly Flow[],
  on: Period,
): readonly Statement[] {
  const statements = balances.toSorted(byPlace).map((of) => statementOfClass(of, flows, on));
  const sums = new Map<number, bigint>();
  for (const { currency, closingMinor } of statements) {
    sums.set(currency, (sums.get(currency) ?? 0n) + closingMinor);
  }
  if ([...sums.values()].some((sum) => sum !== 0n)) throw new Error('Money was made or lost.');
  return statements;
}

function byPlace(a: ClassBalance, b: ClassBalance): number {
  return a.currency - b.currency || placeOf(a.kind) - placeOf(b.kind);
}

function placeOf(kind: AccountKind): number {
  return ACCOUNT_KINDS.indexOf(kind);
}

function statementOfClass(of: ClassBalance, flows: readonly Flow[], on: Period): Statement {
  const own = flows.filter(({ currency }) => currency === of.currency);
  const inside = sidesOf(of.kind, own, (day) => day !== undefined);
  const after = sidesOf(of.kind, own, (day) => day === undefined);
  const sums = {
    balanceMinor: BigInt(of.balance),
    entries: inside.length,
    insideMinor: sumOf(inside),
    afterMinor: sumOf(after),
  };
  const entries = inside.map(({ day = '', kind, other, amountMinor, transfers }, index) => ({
    ...{ id: `${day}-${index + 1}`, at: new Date(day), kind, other, amountMinor },
    transfers: Number(transfers),
  })) satisfies readonly Entry[];
  return statementOf({ ...on, account: of.kind, currency: of.currency }, sums, entries);
}

interface Side {
  readonly day: string | undefined;
  readonly kind: string;
  readonly other: AccountKind;
  readonly amountMinor: bigint;
  readonly transfers: bigint;
}

/** What moves between two accounts of one kind is there twice: out and in. */
function sidesOf(
  account: AccountKind,
  flows: readonly Flow[],
  isMeant: (day: string | undefined) => boolean,
): readonly Side[] {
  return flows.flatMap((flow) => {
    const { kind, debit, credit, transfers } = flow;
    const day = flow.day ?? undefined;
    if (!isMeant(day)) return [];
    const amountMinor = BigInt(flow.amount);
    const shared = { day, kind, transfers };
    return [
      ...(debit === account ? [{ ...shared, other: credit, amountMinor: -amountMinor }] : []),
      ...(credit === account ? [{ ...shared, other: debit, amountMinor }] : []),
    ];
  });
}

function sumOf(sides: readonly Side[]): bigint {
  return sides.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
