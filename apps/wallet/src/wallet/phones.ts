import type { AppClient } from '../account/bank-client.ts';
import type { Answer } from '../account/session.ts';
import type { Drawer } from '../vault/drawer.ts';

/** A phone or till that the bank knows of this account. */
export interface Phone {
  /** The bank's number of it. */
  readonly till: number;
  readonly keyHash: string;
  readonly role: 'payer' | 'payee' | 'both';
  readonly status: 'active' | 'suspended' | 'revoked';
  /** Since when the bank knows it, in whole seconds. */
  readonly since: number;
}

/** All of them as the bank said, and when by this phone's clock. */
export interface Phones {
  readonly at: number;
  readonly phones: readonly Phone[];
}

export interface PhonesParts {
  readonly client: Pick<AppClient, 'listDevices'>;
  readonly drawer: Drawer;
  readonly now: number;
}

/** Asks the bank, and keeps the answer for when there is no network. */
export async function fetchPhones({
  client,
  drawer,
  now,
}: PhonesParts): Promise<Answer<{ readonly known: Phones }>> {
  const answer = await client.listDevices();
  if (!answer.ok) return answer;
  const phones = answer.value.devices.map(({ till, key_hash, role, status, created_at }) => ({
    ...{ till, keyHash: key_hash, role, status },
    since: Math.floor(Date.parse(created_at) / 1_000),
  }));
  const known: Phones = { at: now, phones };
  await drawer.put('phones', known);
  return { ok: true, known };
}

export function keptPhones(drawer: Drawer): Promise<Phones | undefined> {
  return drawer.get<Phones>('phones');
}
