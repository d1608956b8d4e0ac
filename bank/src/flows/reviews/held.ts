import { record } from '../../audit/index.ts';
import type { Handlers } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool } from '../../db/index.ts';
import { queueHeld, readHeldItems } from './store/held.ts';

/** Items that failed again and again: what they are, and another try once their cause is mended. */
export function heldRoutes({
  pool,
}: {
  readonly pool: Pool;
}): Handlers<'listHeldItems' | 'retryHeldItems'> {
  return {
    listHeldItems: async ({ query }) => {
      const held = await readHeldItems(pool, Number(query.limit ?? '50'));
      const held_items = held.map(({ uploadId, item, reason, at }) => ({
        ...{ upload_id: uploadId.toString(), item, reason, at: at.toISOString() },
      }));
      return { ok: true, status: 200, value: { held_items } };
    },
    retryHeldItems: async ({ caller, params, now }) => {
      const uploadId = BigInt(params.upload_id);
      const items = await inTransaction(pool, async (tx) => {
        const queued = await queueHeld(tx, uploadId);
        if (queued === 0) return 0;
        const event = { actor: `account:${caller.account}`, subject: `upload:${uploadId}` };
        const details = { items: queued };
        await record(tx, [{ ...event, action: 'held.retried', outcome: 'ok', details }], now);
        return queued;
      });
      if (items === 0) return notFound;
      return { ok: true, status: 202, value: { upload_id: uploadId.toString() } };
    },
  };
}

const notFound = {
  ok: false,
  code: 'held/not_found',
  detail: 'No items of such an upload are held.',
} as const;
