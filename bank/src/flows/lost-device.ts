import { mayOperate } from '@sikka/api';
import type { Handler } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool } from '../db/index.ts';
import { deviceByTill, revokeDevice, wireDevice } from '../devices/index.ts';
import type { Bulletins } from '../wallets/index.ts';

/**
 * Revokes a device and tells every payee: the revocation commits first, then a bulletin says so.
 * Were the bank to stop between the two, the next look at what is due issues it.
 */
export function revokeDeviceRoute(deps: {
  readonly pool: Pool;
  readonly bulletins: Bulletins;
}): Handler<'revokeDevice'> {
  const { pool, bulletins } = deps;
  return async ({ caller, params, body, now }) => {
    const till = Number(params.till);
    const device = await deviceByTill(pool, till);
    const allowed = device?.accountId === caller.accountId || mayOperate(caller.roles);
    if (device === undefined || !allowed) {
      return { ok: false, code: 'device/not_found', detail: 'You have no device of this number.' };
    }
    const actor = `account:${caller.account}`;
    await inTransaction(pool, (tx) => revokeDevice(tx, { till, reason: body.reason, actor, now }));
    const bulletin = (await bulletins.issueIfDue(now)) ?? (await bulletins.latest());
    const revoked = (await deviceByTill(pool, till)) ?? device;
    const value = { device: wireDevice(revoked), bulletin_version: bulletin?.version ?? 1 };
    return { ok: true, status: 200, value };
  };
}
