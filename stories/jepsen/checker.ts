import type { Entry, Movement, Sight, Violation } from './history.ts';

/** Judges a history while it is made. */
export interface Checker {
  record(entry: Entry): void;
  /** After the last look, with nothing under way: all that is wrong, in the order found. */
  end(): readonly Violation[];
  counts(): Counts;
}

export interface Counts {
  /** Movements that were asked for. */
  readonly movements: number;
  readonly acknowledged: number;
  /** Every attempt was refused. */
  readonly refused: number;
  /** Attempts of which nobody knows what became of them. */
  readonly unanswered: number;
  /** Looks at everything. */
  readonly looks: number;
  /** What has been found wrong by now. */
  readonly wrong: number;
}

/** What is known of one movement. Times are places in the history. */
interface Known {
  readonly movement: Movement;
  /** Attempts without an end yet. */
  open: number;
  /** Of some attempt nobody knows the end. */
  isUncertain: boolean;
  acknowledgedAt: number | undefined;
  answer: string | undefined;
  storedAt: number | undefined;
  refusedAt: number | undefined;
  seenAt: number | undefined;
}

/** What is wrong is wrong at every later look as well: enough to see what it is. */
const MOST_VIOLATIONS = 50;

/**
 * A bank and a set at once: money is neither made nor lost, and of what was asked for everything
 * acknowledged is there, nothing refused is, and what nobody knows is there once or not at all.
 */
export function createChecker(opening: Sight): Checker {
  const known = new Map<string, Known>();
  const asked = new Map<number, { readonly at: number; readonly of: Known | undefined }>();
  const found = new Map<string, Violation>();
  const total = sumOf(opening.balances);
  const before = new Set(opening.present);
  let [time, unanswered, looks] = [0, 0, 0];
  let last: ReadonlySet<string> = before;

  const wrong = (what: Violation['what'], of: string) => {
    if (found.size < MOST_VIOLATIONS) found.set(`${what} ${of}`, { what, of });
  };
  const endOf = (number: number) => {
    const attempt = asked.get(number);
    asked.delete(number);
    if (attempt?.of === undefined) throw new Error(`Nobody asked under the number ${number}.`);
    attempt.of.open -= 1;
    return { at: attempt.at, of: attempt.of };
  };

  function invoke(number: number, movement: Movement): void {
    const of = known.get(movement.id) ?? unknown(movement);
    known.set(movement.id, of);
    of.open += 1;
    asked.set(number, { at: time, of });
  }

  function acknowledge(number: number, answer: string): void {
    const { of } = endOf(number);
    of.acknowledgedAt ??= time;
    of.answer ??= answer;
    if (of.answer !== answer) wrong('other_answer', `${of.movement.id}: ${answer}`);
  }

  function refuse(number: number, code: string): void {
    const { at, of } = endOf(number);
    const { movement, acknowledgedAt } = of;
    if (acknowledgedAt !== undefined && acknowledgedAt < at) {
      wrong('other_answer', `${movement.id}: ${code}`);
    }
    if (movement.reserved) wrong('reserved_refused', `${movement.id}: ${code}`);
    of.refusedAt = time;
  }

  /** A look that began at `since`. */
  function judge(since: number, sight: Sight): void {
    looks += 1;
    const { balances, belowFloor, sumMinor } = sight;
    if (sumOf(balances) !== total) wrong('total_moved', `${sumOf(balances)}, not ${total}`);
    if (sumMinor !== 0n) wrong('total_moved', `all accounts together: ${sumMinor}`);
    for (const account of belowFloor) wrong('negative_balance', account);
    for (const [wallet, balance] of balances) if (balance < 0n) wrong('negative_balance', wallet);
    const present = new Set(sight.present);
    if (present.size < sight.present.length) tellDoubles(sight.present);
    judgeBalances(opening.balances, present, balances);
    for (const [id, of] of known) judgeOne(id, of, { since, isThere: present.has(id) });
    last = present;
  }

  function tellDoubles(ids: readonly string[]): void {
    const once = new Set<string>();
    for (const id of ids) {
      if (once.has(id)) wrong('present_twice', id);
      once.add(id);
    }
  }

  function judgeBalances(
    from: ReadonlyMap<string, bigint>,
    present: ReadonlySet<string>,
    balances: ReadonlyMap<string, bigint>,
  ): void {
    const expected = new Map(from);
    const add = (wallet: string, minor: bigint) =>
      expected.set(wallet, (expected.get(wallet) ?? 0n) + minor);
    for (const id of present) {
      const movement = known.get(id)?.movement;
      if (movement === undefined) {
        if (!before.has(id)) wrong('never_asked', id);
        continue;
      }
      add(movement.from, -movement.amountMinor);
      add(movement.to, movement.amountMinor);
    }
    for (const wallet of new Set([...expected.keys(), ...balances.keys()])) {
      const [want, has] = [expected.get(wallet) ?? 0n, balances.get(wallet) ?? 0n];
      if (want !== has) wrong('balances_unexplained', `${wallet} has ${has}, not ${want}`);
    }
  }

  function judgeOne(
    id: string,
    of: Known,
    look: { readonly since: number; readonly isThere: boolean },
  ): void {
    const { acknowledgedAt = Infinity, refusedAt = Infinity, seenAt = Infinity } = of;
    if (!look.isThere) {
      if (acknowledgedAt < look.since) wrong('acknowledged_lost', id);
      if (seenAt < look.since) wrong('vanished', id);
      return;
    }
    of.seenAt ??= time;
    const isRefused = of.open === 0 && !of.isUncertain && of.acknowledgedAt === undefined;
    if (isRefused && refusedAt < look.since) wrong('refused_but_present', id);
  }

  return {
    record: (entry) => {
      time += 1;
      switch (entry.type) {
        case 'invoke':
          return invoke(entry.asked, entry.movement);
        case 'ok':
          return acknowledge(entry.asked, entry.answer);
        case 'stored': {
          const { of } = endOf(entry.asked);
          of.storedAt ??= time;
          of.isUncertain = true;
          return;
        }
        case 'fail':
          return refuse(entry.asked, entry.code);
        case 'info':
          unanswered += 1;
          endOf(entry.asked).of.isUncertain = true;
          return;
        case 'look':
          asked.set(entry.asked, { at: time, of: undefined });
          return;
        case 'seen':
          return judge(asked.get(entry.asked)?.at ?? time, entry.sight);
        case 'found': {
          const of = known.get(entry.id);
          const since = asked.get(entry.asked)?.at ?? time;
          if (of === undefined) throw new Error(`Nobody asked for ${entry.id}.`);
          return judgeOne(entry.id, of, { since, isThere: entry.there });
        }
      }
    },
    end: () => {
      for (const [id, { storedAt }] of known) {
        if (storedAt !== undefined && !last.has(id)) wrong('stored_not_settled', id);
      }
      return [...found.values()];
    },
    counts: () => {
      const all = [...known.values()];
      return {
        movements: all.length,
        acknowledged: all.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).length,
        refused: all.filter((of) => isRefused(of)).length,
        unanswered,
        looks,
        wrong: found.size,
      };
    },
  };
}

function isRefused(of: Known): boolean {
  return of.refusedAt !== undefined && of.acknowledgedAt === undefined && !of.isUncertain;
}

function unknown(movement: Movement): Known {
  return {
    ...{ movement, open: 0, isUncertain: false, acknowledgedAt: undefined, answer: undefined },
    ...{ storedAt: undefined, refusedAt: undefined, seenAt: undefined },
  };
}

function sumOf(balances: ReadonlyMap<string, bigint>): bigint {
  let sum = 0n;
  for (const balance of balances.values()) sum += balance;
  return sum;
}
