import { encodeCbor } from '@sikka/protocol';
import type { Act } from './act.ts';
import { unsettledUnder } from './last-second.ts';

/** Seconds after the end of a claim window. */
const LATE_SECONDS = 600;

/**
 * What comes in time and waits for the worker, while a copy of it comes late and is decided first:
 * the late one is refused, and the one that came in time settles all the same.
 */
export const lateCopy: Act = async (world, random) => {
  const { allowances } = await world.bank.observe();
  const open = allowances.filter(({ claimUntil, status }) => {
    return status !== 'closed' && claimUntil > world.time.now;
  });
  if (open.length === 0) return 'nothing is open';
  const { id, account, claimUntil } = random.pick(open);
  const left = claimUntil - world.time.now;
  world.later(left - 1, 'handed in and left to the worker', async () => {
    const waiting = await unsettledUnder(world, id);
    if (waiting.length === 0) return `nothing is left to claim of ${account}`;
    const body = encodeCbor(waiting);
    await world.bankDoes(async () => {
      const client = world.bank.client(account);
      const answer = await client.handInDocuments({ body, respondAsync: true });
      world.recorder.answered(account, { body }, answer);
    });
    world.later(random.between(2, LATE_SECONDS), 'a copy comes late', async () => {
      world.counters.count('late-copy.refused');
      await world.handIn(account, [...waiting, ...waiting]);
      await world.bankDoes((bank) => bank.work());
      return `${waiting.length} of ${account}`;
    });
    return `${waiting.length} of ${account}`;
  });
  return account;
};
