import { encodeCbor } from '@sikka/protocol';
import type { Verifier } from '@sikka/protocol';
import { BankDied } from './bank/port.ts';
import type { BankCalls, BankPolicy, ItemOutcome, SimBank, SimBankParts } from './bank/port.ts';
import { createPhoneClock } from './clock.ts';
import type { TrueTime } from './clock.ts';
import type { Counters } from './counters.ts';
import { createDisk } from './disk.ts';
import type { Disk } from './disk.ts';
import { createFuse } from './fuse.ts';
import { createVault } from './keystore.ts';
import type { Vault } from './keystore.ts';
import { createLink } from './network.ts';
import type { PartyPlan } from './parties.ts';
import { createPhone } from './phone.ts';
import type { Phone } from './phone.ts';
import type { Random } from './random.ts';
import { createRecorder } from './recorder.ts';
import type { Recorder } from './recorder.ts';
import type { Schedule } from './schedule.ts';
import type { Violation } from './truth.ts';

export const BANK_ID = 'sim-bank';
export const PKR = 586;

/** Everything a run is made of. Acts change it; nothing else does. */
export interface World {
  readonly time: TrueTime;
  readonly bank: SimBank;
  /** Somebody may come later. */
  readonly parties: PartyPlan[];
  readonly policy: BankPolicy;
  /** In the order in which they were bought. */
  readonly phones: Phone[];
  readonly recorder: Recorder;
  readonly counters: Counters;
  /** Of what happens just now: networks draw from it. */
  moment: Random;
  /** How often something reached the bank: in between, its books stay as they are. */
  reached: number;
  /** Kills the bank at one of its next points; 0: not. */
  armBank(points: number): void;
  /** The account's newest phone. */
  phoneOf(account: string): Phone;
  /** A phone for an account, on this disk and these keys, or fresh. */
  buyPhone(plan: PartyPlan, old?: OldPhone): Phone;
  /** Hands items in without a wallet, as any account can; undefined where there was no answer. */
  handIn(
    account: string,
    items: readonly Uint8Array[],
  ): Promise<readonly ItemOutcome[] | undefined>;
  /** Something that follows from this act, so many seconds later. */
  later(seconds: number, name: string, run: () => Promise<string>): void;
  report(violation: Violation): void;
  /** What was reported and not yet taken. */
  takeReports(): readonly Violation[];
  /** Runs a piece of the bank's own work; answers false where it died in it. */
  bankDoes(work: (bank: SimBank) => Promise<void>): Promise<boolean>;
}

/** What a thief copies. */
export interface OldPhone {
  readonly disk: Disk;
  readonly vault: Vault;
}

export interface WorldParts {
  readonly time: TrueTime;
  readonly random: Random;
  readonly schedule: Schedule;
  readonly counters: Counters;
  readonly verifier: Verifier;
  readonly policy: BankPolicy;
  readonly parties: readonly PartyPlan[];
  readonly openBank: (parts: SimBankParts) => Promise<SimBank>;
}

export async function createWorld(parts: WorldParts): Promise<World> {
  const { time, random, schedule, counters, policy, openBank } = parts;
  const parties = [...parts.parties];
  const reports: Violation[] = [];
  const report = (violation: Violation) => void reports.push(violation);
  const recorder = createRecorder({ time, report });
  const fuse = createBankFuse(counters);
  const bank = await openBank({
    ...{ bankId: BANK_ID, currency: PKR, policy, verifier: parts.verifier, fault: fuse.fault },
    now: () => time.now,
    random: random.fork('bank'),
  });
  const phones: Phone[] = [];
  const restart = async () => {
    fuse.arm(0);
    await bank.restart();
  };

  const world: World = {
    ...{ time, bank, parties, policy, phones, recorder, counters, report },
    moment: random.fork('setting up'),
    reached: 0,
    armBank: fuse.arm,
    phoneOf(account) {
      const phone = phones.findLast((each) => each.account === account);
      if (phone === undefined) throw new Error(`${account} has no phone.`);
      return phone;
    },
    buyPhone(plan, old) {
      const phone = assemble(world, parts, { plan, old, restart });
      phones.push(phone);
      return phone;
    },
    async handIn(account, items) {
      const body = encodeCbor(items);
      let answer: Said | undefined;
      await world.bankDoes(async () => {
        answer = await bank.client(account).handInDocuments({ body });
        recorder.answered(account, { body }, answer);
      });
      return answer && outcomesOf(answer);
    },
    later(seconds, name, run) {
      schedule.add({ at: time.now + seconds, name, tie: world.moment.below(2 ** 31), run });
    },
    takeReports: () => reports.splice(0),
    async bankDoes(work) {
      world.reached += 1;
      try {
        await work(bank);
        return true;
      } catch (error) {
        if (!(error instanceof BankDied)) throw error;
        await restart();
        return false;
      }
    },
  };
  return world;
}

interface Assembling {
  readonly plan: PartyPlan;
  readonly old: OldPhone | undefined;
  readonly restart: () => Promise<void>;
}

function assemble(world: World, parts: WorldParts, { plan, old, restart }: Assembling): Phone {
  const { phones, counters, recorder, report, bank, time } = world;
  const { account } = plan;
  const name = `${account}#${phones.filter((each) => each.account === account).length + 1}`;
  const fuse = createFuse((step) => counters.count(`phone-died.${step}`));
  const link = createLink({
    ...{ fuse, counters, restart },
    bank: bank.client(account),
    random: eachMoment(world, `link/${name}`),
    reached: () => void (world.reached += 1),
    heard: (call, input, answer) => {
      if (call === 'handInDocuments') recorder.answered(account, input as Batch, answer as Said);
    },
    later: (seconds, deliver) =>
      world.later(seconds, 'redelivery', async () => {
        await deliver();
        return name;
      }),
  });
  return createPhone({
    ...{ name, account, fuse, link, recorder, report },
    disk: old?.disk ?? createDisk(),
    vault: old?.vault ?? createVault(plan.suite, parts.random.fork(`vault/${name}`)),
    clock: createPhoneClock(time, plan),
    bank: { id: BANK_ID, currency: PKR },
    verifier: parts.verifier,
  });
}

/** A generator of this name for as long as one thing happens; the next has another. */
function eachMoment(world: World, name: string): () => Random {
  let of: Random | undefined;
  let drawn: Random | undefined;
  return () => {
    if (drawn === undefined || of !== world.moment) drawn = world.moment.fork(name);
    of = world.moment;
    return drawn;
  };
}

type Batch = Parameters<BankCalls['handInDocuments']>[0];
type Said = Awaited<ReturnType<BankCalls['handInDocuments']>>;

function outcomesOf(answer: Said): readonly ItemOutcome[] | undefined {
  if (!answer.ok) return undefined;
  return answer.value.outcomes.map(({ result, code }) => ({ result, code }));
}

function createBankFuse(counters: Counters) {
  let left = 0;
  return {
    arm(points: number): void {
      left = points;
    },
    fault(point: string): void {
      if (left === 0) return;
      left -= 1;
      if (left > 0) return;
      counters.count(`bank-died.${point}`);
      throw new BankDied(point);
    },
  };
}
