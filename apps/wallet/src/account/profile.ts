import { currencyOf } from '@sikka/protocol';
import type { Drawer } from '../vault/drawer.ts';
import type { AppClient } from './bank-client.ts';
import type { Answer } from './session.ts';

/** Who this wallet belongs to, as the bank said last. */
export interface Profile {
  /** The bank's text id, which documents name. */
  readonly bank: string;
  /** The account's public id. */
  readonly account: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  /** Given with the name that the bank verified; without it nobody can be paid offline. */
  readonly town: string | null;
  readonly roles: readonly string[];
  /** ISO 4217 numeric. */
  readonly currency: number;
}

/** Asks the bank, and keeps the answer for when there is no network. */
export async function fetchProfile(
  client: Pick<AppClient, 'getMe' | 'getIssuerKeys'>,
  drawer: Drawer,
): Promise<Answer<{ readonly profile: Profile }>> {
  const [me, keys] = await Promise.all([client.getMe(), client.getIssuerKeys()]);
  if (!me.ok) return me;
  if (!keys.ok) return keys;
  const { id, name, email, phone, town, roles, currency } = me.value;
  const profile: Profile = {
    ...{ bank: keys.value.bank, account: id, name, email, phone, town, roles },
    currency: currencyOf(currency)?.numeric ?? 586,
  };
  await drawer.put('profile', profile);
  return { ok: true, profile };
}

export function keptProfile(drawer: Drawer): Promise<Profile | undefined> {
  return drawer.get<Profile>('profile');
}
