import { OfflineSDK } from '@sikka/wallet/device';
import { expect } from 'vitest';
import type { StoryBank } from './bank.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What the demo's operator may do here: with tills, with money, and with reviews. */
const ROLES = ['pay_admin', 'finance', 'risk'] as const;

/** The demo's operator at his desk, and tills that he registers. */
export interface Desk {
  /** Answers what the bank says; anything but a success fails the test. */
  ask(path: string, body?: object): Promise<Json>;
  openTill(): Promise<OfflineSDK>;
  /** From these scores on somebody looks first. */
  setPolicy(from: {
    readonly review_from: number;
    readonly quarantine_from: number;
  }): Promise<Json>;
  /** Of every bundle, in the order in which they came. */
  bundleStatuses(): Promise<readonly unknown[]>;
  /** Of the review that has waited longest. */
  openReview(): Promise<string>;
}

export async function openDesk({ bank, database }: StoryBank): Promise<Desk> {
  await database.ownerPool.query(
    `insert into account_roles (account_id, role, granted_at)
      select id, role, created_at from accounts cross join unnest($1::text[]) as role
      where public_id = 'operator' on conflict do nothing`,
    [ROLES],
  );
  const token = () => bank.token('operator', ROLES);
  const ask: Desk['ask'] = async (path, body) => {
    const answer = await fetch(`${bank.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Json;
    expect([path, answer.ok, said]).toEqual([path, true, said]);
    return said;
  };
  let tills = 0;
  return {
    ask,
    openTill: async () => {
      const kept = new Map<string, string>();
      const deviceId = `counter-${(tills += 1)}`;
      const till = new OfflineSDK({
        ...{ apiUrl: bank.url, deviceId, tenantType: 'merchant', tenantId: deviceId },
        ...{ country: 'PK', currency: 'PKR', autoSync: false },
        sealingKey: crypto.getRandomValues(new Uint8Array(32)),
        storage: {
          getItem: (key) => kept.get(key) ?? null,
          setItem: (key, value) => void kept.set(key, value),
          removeItem: (key) => void kept.delete(key),
        },
      });
      await till.initialize();
      expect(await till.registerDevice(await token())).toEqual({ success: true });
      return till;
    },
    setPolicy: (from) =>
      ask('/offline/policies', { country: 'PK', max_offline_amount: 5000, ...from }),
    bundleStatuses: async () => {
      const { rows } = await database.ownerPool.query<{ bundle_id: string }>(
        'select bundle_id from device_bundles order by id',
      );
      const read = rows.map(({ bundle_id: id }) =>
        ask(`/offline/bundles/${encodeURIComponent(id)}`),
      );
      return (await Promise.all(read)).map(({ bundle }) => (bundle as Json)['status']);
    },
    openReview: async () => {
      const { reviews } = await ask('/api/v1/operator/reviews');
      return String((reviews as readonly Json[])[0]?.['id']);
    },
  };
}
