import type { Act } from './act.ts';
import { short } from './act.ts';
import type { World } from '../world.ts';

/**
 * What was paid under an allowance comes to the bank in the last second in which it may be claimed,
 * right after a round of the bank's worker: it has to settle, and nothing may have gone back.
 */
export const lastSecond: Act = async (world, random) => {
  const { allowances, settled } = await world.bank.observe();
  const stands = new Set(settled.map((payment) => payment.id));
  const { signed } = world.recorder.truth;
  const owed = new Set(
    [...signed.values()].flatMap((made) => (stands.has(made.id) ? [] : made.allowanceId)),
  );
  const open = allowances.filter(({ claimUntil, status }) => {
    return status !== 'closed' && claimUntil > world.time.now;
  });
  if (open.length === 0) return 'nothing is open';
  const claimable = open.filter((row) => owed.has(row.id));
  const { id, account, claimUntil } = random.pick(claimable.length > 0 ? claimable : open);
  world.later(claimUntil - world.time.now, 'the last second', async () => {
    const waiting = await unsettledUnder(world, id);
    await world.bankDoes((bank) => bank.work());
    if (waiting.length === 0) return `nothing is left to claim of ${account}`;
    world.counters.count('last-second.claimed');
    await world.handIn(account, waiting);
    return `${waiting.length} of ${account}`;
  });
  return `of ${short(id)}`;
};

/** Every payment signed under it that does not stand settled. */
export async function unsettledUnder(
  world: World,
  allowanceId: string,
): Promise<readonly Uint8Array[]> {
  const { settled } = await world.bank.observe();
  const stands = new Set(settled.map(({ id }) => id));
  return [...world.recorder.truth.signed.values()]
    .filter((payment) => payment.allowanceId === allowanceId && !stands.has(payment.id))
    .map(({ packet }) => packet);
}
