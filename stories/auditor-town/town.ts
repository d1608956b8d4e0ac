import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@sikka/api';
import type { Client } from '@sikka/api';
import { readConfig, startBank } from '@sikka/bank';
import type { Bank } from '@sikka/bank';
import { createTestDatabase } from '@sikka/bank/testing';
import type { TestDatabase } from '@sikka/bank/testing';
import { encodeCbor } from '@sikka/protocol';
import type { IssuerKeys } from '@sikka/protocol';
import pg from 'pg';
import { bytesOf, ok } from './phone.ts';

/** A bank that runs over HTTP, and whose clock can be set. */
export interface RunningTown {
  /** Where it lives. */
  readonly home: Home;
  readonly bank: Bank;
  /** Seconds that the bank's clock is ahead of ours. */
  shift: number;
  client(account?: string): Client;
  wallets(client: Client): Promise<{ readonly current: number; readonly offline: number }>;
  load(client: Client, amount: string): Promise<void>;
  hand(client: Client, packets: readonly Uint8Array[]): Promise<readonly Handed[]>;
  /** Waits until every event is chained and every payment logged under a checkpoint. */
  settleDown(): Promise<void>;
  /** The bank's public keys, as it publishes them. */
  issuers(): Promise<IssuerKeys>;
  /** The newest checkpoint, as anybody may fetch and keep it. */
  checkpoint(): Promise<Uint8Array>;
  /** Stops the bank and leaves its home, with nobody connected to the database. */
  stop(): Promise<void>;
  /** Stops the bank and removes its home. */
  drop(): Promise<void>;
}

/** A bank's database, and the folder with its keys. */
export interface Home {
  readonly url: string;
  readonly dataDir: string;
  drop(): Promise<void>;
}

export async function createHome(): Promise<Home> {
  const database: TestDatabase = await createTestDatabase();
  // Made to be looked at; a pool that is open would keep others from copying the database.
  await Promise.all([database.ownerPool.close(), database.serverPool.close()]);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sikka-audit-'));
  const drop = async () => {
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { url: database.url, dataDir, drop };
}

export interface Handed {
  readonly result: string;
  readonly code?: string;
}

export async function startTown(
  options: { readonly shift?: number; readonly home?: Home } = {},
): Promise<RunningTown> {
  const home = options.home ?? (await createHome());
  const settings = { PORT: '0', DATABASE_URL: home.url, DATA_DIR: home.dataDir };
  const config = readConfig({ ...settings, RATE_LIMIT_ENABLED: 'false' }, home.dataDir);
  if (!config.ok) throw new Error(config.errors.join(' '));
  const clock = () => new Date(Date.now() + 1000 * town.shift);
  const town: RunningTown = {
    home,
    get bank() {
      return bank;
    },
    shift: options.shift ?? 0,
    client: (account) =>
      createClient({
        baseUrl: bank.url,
        ...(account === undefined ? {} : { token: () => bank.token(account) }),
      }),
    wallets: async (client) => {
      const wallets = ok(await client.listWallets());
      const idOf = (kind: string) =>
        wallets.find(({ wallet_type: type }) => type === kind)?.id ?? 0;
      return { current: idOf('current'), offline: idOf('offline') };
    },
    load: async (client, amount) => {
      const { current, offline } = await town.wallets(client);
      const order = { from_wallet_id: current, to_wallet_id: offline, amount, currency: 'PKR' };
      ok(await client.createTransfer({ body: order }));
    },
    hand: async (client, packets) =>
      ok(await client.handInDocuments({ body: encodeCbor([...packets]) })).outcomes,
    settleDown: () => settleDown(home.url),
    issuers: async () => {
      const { keys } = ok(await town.client().getIssuerKeys());
      return new Map(
        keys.map(({ number, suite, public_key }) => [
          number,
          { number, suite, publicKey: bytesOf(public_key) },
        ]),
      );
    },
    checkpoint: async () => bytesOf(ok(await town.client().getLatestCheckpoint()).packet),
    stop: () => bank.stop(),
    drop: async () => {
      await bank.stop();
      await home.drop();
    },
  };
  // What it takes to hash a password is measured elsewhere.
  const quick = { ...config.value, bcryptCost: 4 };
  const bank = await startBank(quick, { clock, writeLog: () => undefined });
  return town;
}

/** Waits until every event is chained and every payment logged under a checkpoint. */
async function settleDown(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let tries = 0; tries < 900; tries += 1) {
      const { rows } = await client.query<{ quiet: boolean }>(QUIET);
      if (rows[0]?.quiet === true) return;
      await pause(100);
    }
  } finally {
    await client.end();
  }
  throw new Error('The bank does not come to rest.');
}

const QUIET = `
  select not exists (select from audit_pending) and not exists (select from log_pending)
    and not exists (select from inbox)
    and (select audit.size = c.audit_size and log.size = c.log_size
      from sequencer_state as audit, sequencer_state as log,
        (select audit_size, log_size from checkpoints order by no desc limit 1) as c
      where audit.name = 'audit' and log.name = 'log') as quiet`;
