import type { PartyPlan } from '../parties.ts';
import type { Phone } from '../phone.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/**
 * One thing that somebody does, or that happens to them. Whom it concerns it draws from its own
 * generator, so that leaving another act out changes nothing of it. It answers a line for the log:
 * what came of it, by names, ids and codes that two runs of one seed have alike.
 */
export type Act = (world: World, random: Random) => Promise<string>;

/** A share of 1. */
const CRASH_SHARE = 0.15;
/** Steps within which an armed phone dies: a payment has two to six. */
const CRASH_STEPS = 8;

export function pickPayer({ parties }: World, random: Random): PartyPlan {
  return random.pick(parties.filter(({ role }) => role !== 'payee'));
}

/** Somebody else than this account. */
export function pickPayee({ parties }: World, random: Random, not = ''): PartyPlan {
  return random.pick(parties.filter(({ role, account }) => role !== 'payer' && account !== not));
}

export function pickHonest({ parties }: World, random: Random): PartyPlan {
  return random.pick(parties.filter(({ thief }) => !thief));
}

/** Undefined in a world without thieves. */
export function pickThief({ parties }: World, random: Random): PartyPlan | undefined {
  const thieves = parties.filter(({ thief }) => thief);
  return thieves.length === 0 ? undefined : random.pick(thieves);
}

/** Now and then the process dies within the next steps. */
export function perhapsCrash({ fuse }: Phone, random: Random, steps = CRASH_STEPS): void {
  if (random.chance(CRASH_SHARE)) fuse.arm(random.between(1, steps));
}

/** Ids in lines of the log: enough to tell them apart. */
export function short(id: string): string {
  return id.slice(0, 12);
}

/** The code of a refusal, `ok`, or `died` where the process did not come back with an answer. */
export function codeOf(answer: { readonly ok: boolean; readonly code?: string } | undefined) {
  if (answer === undefined) return 'died';
  return answer.ok ? 'ok' : (answer.code ?? 'refused');
}
