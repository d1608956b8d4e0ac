import { createClient } from '@sikka/api';
import type { Client } from '@sikka/api';
import { openStoryBank } from '../../../support/bank.ts';
import type { StoryBank } from '../../../support/bank.ts';
import { settleIn } from './person.ts';
import { openPhone } from './phone.ts';
import type { Phone } from './phone.ts';

/** Ayesha at home with a phone of hers, and a bank that says what she has. */
export interface MoneyStory {
  readonly story: StoryBank;
  readonly phone: Phone;
  /** Her calls to the bank, beside the phone's. */
  readonly client: Client;
  wallets(): Promise<Readonly<Record<'current' | 'offline', Wallet | undefined>>>;
  /** Rupees by the bank’s own word: online, offline and set aside, offline and free. */
  balances(): Promise<readonly [number, number, number]>;
  close(): Promise<void>;
}

type Wallet = Extract<Awaited<ReturnType<Client['listWallets']>>, { ok: true }>['value'][number];

interface MoneyStoryOptions {
  readonly executable: string;
  readonly walletAppDir: string;
}

export async function openMoneyStory(options: MoneyStoryOptions): Promise<MoneyStory> {
  const story = await openStoryBank({ env: { WALLET_APP_DIR: options.walletAppDir } });
  const { bank } = story;
  let phone: Phone | undefined;
  const close = async () => {
    await phone?.close();
    await story.stop();
  };
  try {
    phone = await openPhone({ executable: options.executable, bankUrl: bank.url });
    await settleIn(phone, 'ayesha');
  } catch (error) {
    await close();
    throw error;
  }
  const client = createClient({ baseUrl: bank.url, token: () => bank.token('ayesha') });
  const wallets = async () => {
    const listed = await client.listWallets();
    if (!listed.ok) throw new Error(listed.problem.title);
    const of = (kind: string) => listed.value.find(({ wallet_type }) => wallet_type === kind);
    return { current: of('current'), offline: of('offline') };
  };
  return {
    ...{ story, phone, client, wallets, close },
    balances: async () => {
      const { current, offline } = await wallets();
      return [Number(current?.available), Number(offline?.reserved), Number(offline?.available)];
    },
  };
}
