import { parseAmount } from '@sikka/protocol';
import type { AppClient } from '../account/bank-client.ts';
import type { Answer } from '../account/session.ts';
import type { Drawer } from '../vault/drawer.ts';

/** One wallet at the bank; amounts in minor units. */
export interface OnlineWallet {
  readonly number: number;
  readonly balanceMinor: bigint;
  readonly reservedMinor: bigint;
  readonly availableMinor: bigint;
  readonly active: boolean;
}

/** What the bank said of the wallets, and when by this phone's clock. */
export interface Online {
  readonly at: number;
  readonly current: OnlineWallet | undefined;
  readonly offline: OnlineWallet | undefined;
}

/** As the drawer keeps it: the amounts as the bank wrote them. */
interface KeptOnline {
  readonly at: number;
  readonly current: KeptWallet | undefined;
  readonly offline: KeptWallet | undefined;
}

interface KeptWallet {
  readonly number: number;
  readonly balance: string;
  readonly reserved: string;
  readonly available: string;
  readonly active: boolean;
}

interface Asked {
  readonly client: Pick<AppClient, 'listWallets'>;
  readonly drawer: Drawer;
  /** Letters of ISO 4217: the wallets in it are this app's. */
  readonly currency: string;
  readonly now: number;
}

/** Asks the bank for the balances, and keeps them with their age. */
export async function fetchOnline(asked: Asked): Promise<Answer<{ readonly online: Online }>> {
  const { client, drawer, currency, now } = asked;
  const answer = await client.listWallets();
  if (!answer.ok) return answer;
  const of = (kind: 'current' | 'offline'): KeptWallet | undefined => {
    const found = answer.value.find(
      (wallet) => wallet.wallet_type === kind && wallet.currency === currency,
    );
    if (found === undefined) return undefined;
    const { id: number, balance, reserved, available, is_active: active } = found;
    return { number, balance, reserved, available, active };
  };
  const kept: KeptOnline = { at: now, current: of('current'), offline: of('offline') };
  await drawer.put('online', kept);
  return { ok: true, online: readOnline(kept, currency) };
}

/** What was known when the bank was reached last. */
export async function keptOnline(drawer: Drawer, currency: string): Promise<Online | undefined> {
  const kept = await drawer.get<KeptOnline>('online');
  return kept && readOnline(kept, currency);
}

function readOnline({ at, current, offline }: KeptOnline, currency: string): Online {
  const read = (wallet: KeptWallet | undefined): OnlineWallet | undefined => {
    if (wallet === undefined) return undefined;
    const minor = (text: string) => {
      const parsed = parseAmount(text, currency);
      return parsed.ok ? parsed.value : 0n;
    };
    return {
      number: wallet.number,
      balanceMinor: minor(wallet.balance),
      reservedMinor: minor(wallet.reserved),
      availableMinor: minor(wallet.available),
      active: wallet.active,
    };
  };
  return { at, current: read(current), offline: read(offline) };
}
