import { readConfig, startBank } from '@sikka/bank';
import type { Bank } from '@sikka/bank';
import { createClient } from '@sikka/api';
import type { Client } from '@sikka/api';
import { enrol, ok } from '../auditor-town/phone.ts';
import type { Phone } from '../auditor-town/phone.ts';
import type { Ground } from './cluster.ts';

/** Somebody with two wallets, a phone that pays from one, and a token for each clock. */
export interface Person {
  readonly account: string;
  readonly current: number;
  readonly offline: number;
  readonly phone: Phone;
  /** For a node whose clock is so far ahead. */
  tokenAt(aheadMs: number): string;
}

const HOUR = 3_600_000;
/** A token lives a day: each of these clocks has its own. */
export const CLOCKS: readonly number[] = [0, 48 * HOUR, -48 * HOUR];

const NAMES = ['dawood', 'erum', 'farid', 'gulnaz', 'haris', 'iqra'] as const;
const BALANCE = '2000.00';
const LOADED = '800.00';

/** At a bank that is there for this only: nothing of it goes on afterwards. */
export async function settlePeople({ postgres, folder }: Ground): Promise<readonly Person[]> {
  const settings = { PORT: '0', DATABASE_URL: postgres.url, DATA_DIR: folder, WORKER: 'off' };
  const config = readConfig({ ...settings, RATE_LIMIT_ENABLED: 'false' }, folder);
  if (!config.ok) throw new Error(config.errors.join(' '));
  let aheadMs = 0;
  const clock = () => new Date(Date.now() + aheadMs);
  // What it takes to hash a password is measured elsewhere.
  const bank = await startBank(
    { ...config.value, bcryptCost: 4 },
    { clock, writeLog: () => undefined },
  );
  try {
    const tokens = new Map<string, string>();
    for (aheadMs of CLOCKS) {
      for (const account of NAMES) {
        tokens.set(`${account} ${aheadMs}`, await bank.token(account, ['user'], 24 * 3_600));
      }
    }
    aheadMs = 0;
    const people: Person[] = [];
    for (const account of NAMES) {
      const person = await settle(bank, account);
      people.push({ ...person, tokenAt: (ms) => tokens.get(`${account} ${ms}`) ?? '' });
    }
    return people;
  } finally {
    await bank.stop();
  }
}

async function settle(bank: Bank, account: string): Promise<Omit<Person, 'tokenAt'>> {
  const operator = clientOf(bank, 'operator');
  const body = { account, name: account, town: 'Chakwal', currency: 'PKR', balance: BALANCE };
  ok(await operator.createDemoAccount({ body }));
  const client = clientOf(bank, account);
  const wallets = ok(await client.listWallets());
  const idOf = (kind: string) => wallets.find(({ wallet_type: type }) => type === kind)?.id ?? 0;
  const [current, offline] = [idOf('current'), idOf('offline')];
  const load = { from_wallet_id: current, to_wallet_id: offline };
  ok(await client.createTransfer({ body: { ...load, amount: LOADED, currency: 'PKR' } }));
  return { account, current, offline, phone: await enrol(client, account, 'payer') };
}

function clientOf(bank: Bank, account: string): Client {
  return createClient({ baseUrl: bank.url, token: () => bank.token(account) });
}
