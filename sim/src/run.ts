import { createHash } from 'node:crypto';
import { ACTS } from './acts/index.ts';
import { settleIn, syncPhone } from './acts/keep.ts';
import type { BankView, SimBank, SimBankParts } from './bank/port.ts';
import { createCounters } from './counters.ts';
import { createInvariants } from './invariants/index.ts';
import { synchronousVerifier } from './keys.ts';
import { CLEAR } from './network.ts';
import { ORDER_ACTS } from './orders/index.ts';
import { drawParties } from './parties.ts';
import { drawIntents, drawPolicy } from './plan.ts';
import type { Intent } from './plan.ts';
import { createRandom } from './random.ts';
import { createSchedule } from './schedule.ts';
import type { Happening, Schedule } from './schedule.ts';
import type { Invariants, Violation } from './truth.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

/** When every run begins, true time. */
const BEGINNING = 1_800_000_000;
const DAY = 86_400;

export interface RunOptions {
  readonly seed: string;
  readonly events: number;
  readonly openBank: (parts: SimBankParts) => Promise<SimBank>;
  /** Numbers of events that are left out, to find the smallest run that still fails. */
  readonly without?: ReadonlySet<number>;
  /** Told of every line of the event log. */
  readonly log?: (line: string) => void;
}

export interface RunResult {
  readonly seed: string;
  /** Everything that happened, what follows from events included. */
  readonly happened: number;
  /** SHA-256 of the event log and of the books at the end: the same for the same seed. */
  readonly hash: string;
  /** Of the first moment at which something did not hold; then the run stops. */
  readonly violations: readonly Violation[];
  /** The number of the event after which it did not hold, where it was one. */
  readonly violatedAt: number | undefined;
  readonly counters: Readonly<Record<string, number>>;
}

/** One world from its seed to its end. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { seed, events, openBank, without = new Set<number>() } = options;
  const random = createRandom(seed);
  const time = { now: BEGINNING };
  const schedule = createSchedule(time);
  const counters = createCounters();
  const world = await createWorld({
    ...{ time, random, schedule, counters, openBank },
    verifier: synchronousVerifier(),
    policy: drawPolicy(random.fork('policy')),
    parties: drawParties(random.fork('parties')),
  });
  const watch = createWatch(world, { log: options.log });
  try {
    await settleEverybody(world);
    const orders = world.bank.orders !== undefined;
    const drawn = drawIntents(random, { from: time.now, count: events, orders });
    const kept = drawn.filter(({ number }) => !without.has(number));
    for (const intent of kept) schedule.add(happeningOf(world, intent));
    const end = (drawn.at(-1)?.at ?? time.now) + DAY;
    schedule.add({ at: end, name: 'everybody heals', tie: 0, run: () => healSoon(world) });
    const last = await goThrough(world, schedule, watch);
    if (watch.violations().length === 0) await finish(world, watch);
    const violations = watch.violations();
    const view = await world.bank.observe();
    countOutcomes(world, view);
    return {
      seed,
      happened: watch.happened(),
      hash: watch.hash(view),
      violations,
      violatedAt: violations.length > 0 ? last : undefined,
      counters: counters.all(),
    };
  } finally {
    await world.bank.stop();
  }
}

function happeningOf(world: World, { number, at, act, random }: Intent): NumberedHappening {
  const known = ACTS[act] ?? ORDER_ACTS[act];
  const run = async () => (await known?.act(world, random)) ?? 'no such act';
  return { at, name: act, tie: random.below(2 ** 31), run, number };
}

interface NumberedHappening extends Happening {
  readonly number?: number;
}

/** Accounts, phones, first allowances: before anything goes wrong. */
async function settleEverybody(world: World): Promise<void> {
  for (const plan of world.parties) {
    const { account, balanceMinor, role, thief } = plan;
    const wallet = await world.bank.openAccount(account, balanceMinor);
    world.recorder.party({ account, wallet, balanceMinor, role, dishonest: thief });
    world.buyPhone(plan);
    await settleIn(world, world.moment, plan);
  }
}

/** Answers the number of the last event that began. */
async function goThrough(
  world: World,
  schedule: Schedule,
  watch: Watch,
): Promise<number | undefined> {
  let last: number | undefined;
  for (;;) {
    const next: NumberedHappening | undefined = schedule.next();
    if (next === undefined) return last;
    last = next.number ?? last;
    world.moment = createRandom(`moment/${next.name}/${next.at}/${next.tie}`);
    const line = await attempt(world, next.run);
    if (await watch.saw(next.name, line)) return last;
  }
}

/** An exception that is none of the simulation's own faults is something that does not hold. */
async function attempt(world: World, run: () => Promise<string>): Promise<string> {
  try {
    return await run();
  } catch (error) {
    const lines = error instanceof Error ? (error.stack ?? error.message).split('\n') : ['?'];
    world.report({ invariant: 'threw', detail: lines.slice(0, 3).join(' ') });
    return 'threw';
  }
}

/** The phones there are by then, one after another. */
async function healSoon(world: World): Promise<string> {
  const steps = healing(world);
  steps.forEach(([name, run], at) => world.later(at, name, run));
  return `${steps.length} steps`;
}

type Step = readonly [name: string, run: () => Promise<string>];

/** Everybody is online with a right clock and hands in what there is, each a happening. */
function healing(world: World): readonly Step[] {
  const work = async () => ((await world.bankDoes((bank) => bank.work())) ? 'done' : 'died');
  const mend = async () => {
    world.armBank(0);
    for (const { link, clock, fuse } of world.phones) {
      link.clogged = false;
      link.weather = CLEAR;
      clock.setRight();
      fuse.disarm();
    }
    return `${world.phones.length} phones`;
  };
  const syncs = world.phones.map((phone): Step => {
    return ['all sync', async () => `${phone.name}: ${await syncPhone(world, phone)}`];
  });
  return [['all is mended', mend], ['bank works', work], ...syncs, ['bank works', work]];
}

/** Past every claim window, every case decided: what is left over is what was never spent. */
async function finish(world: World, watch: Watch): Promise<void> {
  if (await goOn(world, healing(world), watch)) return;
  const { allowances, proofs } = await world.bank.observe();
  const over = allowances.reduce((latest, { claimUntil }) => Math.max(latest, claimUntil), 0);
  world.time.now = Math.max(world.time.now, over) + DAY;
  const decisions = proofs.map(({ id: proofId }): Step => {
    const decide = (bank: SimBank) => bank.operate({ act: 'decide-case', proofId });
    return ['a case is decided', async () => String(await world.bankDoes(decide))];
  });
  if (await goOn(world, [...decisions, ...healing(world)], watch)) return;
  await watch.ended();
}

/** True where something does not hold after one of the steps. */
async function goOn(world: World, steps: readonly Step[], watch: Watch): Promise<boolean> {
  for (const [name, run] of steps) {
    if (await watch.saw(name, await attempt(world, run))) return true;
  }
  return false;
}

/** What the bank said and what became of it. */
function countOutcomes({ counters, recorder }: World, view: BankView): void {
  for (const { result, code, extra } of recorder.truth.answers) {
    counters.count(`bank.${result}${result === 'rejected' ? `.${code ?? ''}` : ''}`);
    if (extra) counters.count('bank.extra');
  }
  counters.count('bank.proofs', view.proofs.length);
  counters.count('bank.refunds', view.refunds.length);
  counters.count('bank.returns', view.returns.length);
  for (const { status, releasedMinor } of view.allowances) {
    counters.count(`bank.allowance.${status}`);
    if (releasedMinor > 0n) counters.count('bank.released');
  }
}

interface Watch {
  /** Logs what happened and looks whether everything holds; true where something does not. */
  saw(name: string, line: string): Promise<boolean>;
  ended(): Promise<void>;
  happened(): number;
  violations(): readonly Violation[];
  hash(view: BankView): string;
}

function createWatch(
  world: World,
  { log }: { readonly log: RunOptions['log'] | undefined },
): Watch {
  const invariants: Invariants = createInvariants();
  const hashed = createHash('sha256');
  const found: Violation[] = [];
  const { truth } = world.recorder;
  let happened = 0;
  let [reached, last]: [number, BankView | undefined] = [-1, undefined];

  /** The books, read anew where something reached the bank since. */
  async function look(): Promise<BankView> {
    if (last !== undefined && reached === world.reached) return { ...last, now: world.time.now };
    last = await world.bank.observe();
    reached = world.reached;
    return last;
  }

  return {
    async saw(name, line) {
      happened += 1;
      const text = `${world.time.now} ${name}: ${line}`;
      hashed.update(`${text}\n`);
      log?.(text);
      found.push(...world.takeReports());
      found.push(...invariants.afterEvent(truth, await look()));
      return found.length > 0;
    },
    async ended() {
      found.push(...world.takeReports());
      found.push(...invariants.atEnd(truth, await world.bank.observe()));
      found.push(...((await world.bank.audit?.()) ?? []));
    },
    happened: () => happened,
    violations: () => found,
    hash(view) {
      hashed.update(booksOf(view));
      return hashed.digest('hex');
    },
  };
}

/** The books as text. Nothing in it is made of signatures, which differ from run to run. */
function booksOf({ balances, settled, rejected, allowances }: BankView): string {
  const lines = [
    ...[...balances].map(([name, minor]) => `${name} ${minor}`).sort(),
    ...settled.map(({ id, amountMinor, settledAt }) => `${id} ${amountMinor} ${settledAt}`),
    ...rejected.map(({ id, code }) => `${id} ${code}`),
    ...allowances.map(({ id, status, releasedMinor }) => `${id} ${status} ${releasedMinor}`),
  ];
  return lines.join('\n');
}
