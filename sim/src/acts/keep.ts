import { hex } from '@sikka/protocol';
import { short, codeOf, perhapsCrash, pickPayee, pickPayer } from './act.ts';
import type { Act } from './act.ts';
import { leavesNothingBehind } from './after-sync.ts';
import { reckonsTime } from './reasons.ts';
import type { BankView } from '../bank/port.ts';
import type { PartyPlan } from '../parties.ts';
import type { Phone } from '../phone.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/** A phone meets the bank. */
export const sync: Act = async (world, random) => {
  const phone = world.phoneOf(random.pick(world.parties).account);
  perhapsCrash(phone, random);
  return `${phone.name}: ${await syncPhone(world, phone)}`;
};

/** Two phones meet the bank at one moment: their calls take turns. */
export const syncTogether: Act = async (world, random) => {
  const one = world.phoneOf(pickPayer(world, random).account);
  const two = world.phoneOf(pickPayee(world, random, one.account).account);
  // A bank that dies under two calls at once is for the tests of its processes.
  world.armBank(0);
  const answers = await Promise.all([meetBank(world, one), meetBank(world, two)]);
  return `${one.name} and ${two.name}: ${answers.map(({ line }) => line).join(', ')}`;
};

export async function syncPhone(world: World, phone: Phone): Promise<string> {
  return (await syncWatched(world, phone)).line;
}

interface Met {
  /** What came of it, in words. */
  readonly line: string;
  /** How much waits for the bank; undefined where it was not told. */
  readonly pending: number | undefined;
}

/** Syncs, and looks whether the phone does and knows what it has to. */
async function syncWatched(world: World, phone: Phone): Promise<Met> {
  await reckonsTime(world, phone);
  // What settles while it syncs, the next sync tells.
  const { settled } = await world.bank.observe();
  const met = await meetBank(world, phone);
  if (met.pending === undefined) return met;
  // The bank was asked in between, and its head may be one that this very sync handed in: behind it
  // is who is behind the head before and the head after.
  const after = await world.bank.observe();
  await noticesRollBack(world, phone, [settled, after.settled]);
  await leavesNothingBehind(world, phone, { after, isAllDecided: met.pending === 0 });
  return met;
}

async function meetBank({ counters }: World, phone: Phone): Promise<Met> {
  const answer = await phone.use((process) => process.payer.sync());
  counters.count(`sync.${codeOf(answer)}`);
  if (answer?.ok !== true) return { line: codeOf(answer), pending: undefined };
  const { decided, pending } = answer;
  if (answer.rolledBack) counters.count('sync.rolled-back');
  return { line: `${decided} decided, ${pending} pending`, pending };
}

/** After a sync alone a journal that is behind the bank spends no more (spec/journal.md 5). */
async function noticesRollBack(
  world: World,
  phone: Phone,
  looks: readonly BankView['settled'][],
): Promise<void> {
  const state = await phone.use(({ wallet }) => wallet.journal.read());
  if (state === undefined || state.rolledBack !== undefined) return;
  const heads = looks.map(headsOf);
  for (const [allowanceId, { paymentIds }] of state.allowances) {
    const behind = heads.map((each) => {
      const head = each.get(allowanceId);
      const ours = head && paymentIds.get(head.sequence);
      return ours !== undefined && hex(ours) === head?.id ? undefined : head?.id;
    });
    if (behind.includes(undefined)) continue;
    const detail = `${phone.name} has synced, and goes on behind ${behind.join(' and ')}`;
    world.report({ invariant: 'roll-back-is-noticed', detail });
  }
}

/** The settled payment with the highest sequence, by allowance. */
function headsOf(settled: BankView['settled']): ReadonlyMap<string, BankView['settled'][number]> {
  const heads = new Map<string, BankView['settled'][number]>();
  for (const payment of settled) {
    const { allowanceId, sequence } = payment;
    if (sequence > (heads.get(allowanceId)?.sequence ?? 0)) heads.set(allowanceId, payment);
  }
  return heads;
}

export const askAllowance: Act = async (world, random) => {
  const plan = pickPayer(world, random);
  const phone = world.phoneOf(plan.account);
  perhapsCrash(phone, random);
  return `${phone.name}: ${await requestAllowance(world, random, phone)}`;
};

export async function requestAllowance(
  world: World,
  random: Random,
  phone: Phone,
): Promise<string> {
  const { counters } = world;
  const amountMinor = BigInt(random.between(2_000, 60_000));
  const ask = () => phone.use((process) => process.payer.requestAllowance(amountMinor));
  let answer = await ask();
  counters.count(`allowance.${codeOf(answer)}`);
  if (answer?.ok === false && answer.code === 'wallet/answer_invalid') {
    // Signed by a key that it has not heard of yet.
    const { pending } = await syncWatched(world, phone);
    answer = await ask();
    const isRefused = answer?.ok === false && answer.code === 'wallet/answer_invalid';
    if (pending !== undefined && isRefused) {
      const detail = `${phone.name} has synced, and knows no key of a new allowance`;
      world.report({ invariant: 'issuer-keys-are-adopted', detail });
    }
    counters.count(`allowance-after-sync.${codeOf(answer)}`);
  }
  return answer?.ok === true ? short(answer.allowanceId) : codeOf(answer);
}

/** "I sign no more under it." */
export const giveBack: Act = async (world, random) => {
  const phone = world.phoneOf(pickPayer(world, random).account);
  perhapsCrash(phone, random);
  const answer = await phone.use(async ({ payer }) => {
    const state = await payer.state();
    if (!state.ok) return state;
    const usable = state.allowances.filter(({ status }) => status === 'usable');
    return usable.length === 0 ? undefined : payer.signReturn(random.pick(usable).allowanceId);
  });
  world.counters.count(`return.${codeOf(answer)}`);
  return `${phone.name}: ${codeOf(answer)}`;
};

export const refund: Act = async (world, random) => {
  const phone = world.phoneOf(pickPayee(world, random).account);
  perhapsCrash(phone, random);
  const answer = await phone.use(async ({ payee }) => {
    const state = await payee.state();
    if (!state.ok) return state;
    if (state.payments.length === 0) return undefined;
    const { paymentId, amountMinor } = random.pick(state.payments);
    return payee.refund({ paymentId, amountMinor: BigInt(random.between(1, Number(amountMinor))) });
  });
  world.counters.count(`refund.${codeOf(answer)}`);
  return `${phone.name}: ${codeOf(answer)}`;
};

/** One phone tells another what the bank last said to everybody. */
export const passBulletin: Act = async (world, random) => {
  const [from, to] = [random, random].map((drawn) =>
    world.phoneOf(drawn.pick(world.parties).account),
  ) as [Phone, Phone];
  const seen = await from.use(({ wallet }) => wallet.bulletins.read());
  if (seen === undefined) return `${from.name} knows of none`;
  // It takes two steps, so that a death within eight would hardly ever be at one of them.
  perhapsCrash(to, random, 2);
  const answer = await to.use(({ payer }) => payer.takeBulletin(seen.packet));
  world.counters.count(`bulletin-passed.${codeOf(answer)}`);
  return `${from.name} to ${to.name}: ${codeOf(answer)}`;
};

/** A new phone for an account whose old one is broken: nothing is carried over. */
export const replacePhone: Act = async (world, random) => {
  const plan = random.pick(world.parties);
  const old = world.phoneOf(plan.account);
  const isNeeded = !old.usable || random.chance(0.3);
  if (!isNeeded) return `${old.name} is well`;
  const phone = world.buyPhone(plan);
  world.counters.count('phone.replaced');
  return `${phone.name}: ${await settleIn(world, random, plan)}`;
};

/** Enrols the account's newest phone and fetches what its role needs, as often as it takes. */
export async function settleIn(world: World, random: Random, plan: PartyPlan): Promise<string> {
  const phone = world.phoneOf(plan.account);
  const enrolled = await phone.use((process) => process.payer.enrol({ role: plan.role }));
  world.counters.count(`enrol.${codeOf(enrolled)}`);
  if (plan.role === 'payee') return codeOf(enrolled);
  return `${codeOf(enrolled)}, ${await requestAllowance(world, random, phone)}`;
}
