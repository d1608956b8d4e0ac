import { createHash } from 'node:crypto';
import type { Pool } from '../../src/db/index.ts';

/** Rows as other domains write them: people with wallets, and effects that are announced. */
export interface Town {
  readonly people: Readonly<Record<string, Resident>>;
  transfer(from: string, to: string, minor: bigint): Promise<bigint>;
  announce(topic: string, key: bigint): Promise<void>;
}

export interface Resident {
  readonly id: bigint;
  readonly wallet: bigint;
}

export async function buildTown(pool: Pool, names: readonly string[]): Promise<Town> {
  const people: Record<string, Resident> = {};
  for (const [index, name] of names.entries()) {
    const { rows } = await pool.query<{ id: bigint }>(
      `insert into accounts (public_id, created_at) values ($1, now()) returning id`,
      [name],
    );
    const wallet = 100_000_000_000n + BigInt(index);
    const id = rows[0]!.id;
    await pool.query(
      `insert into wallets
         (number, account_id, kind, currency, ledger_account, created_at, updated_at)
       values ($1, $2, 'current', 586,
         (ledger_open('{wallet_current}', '{586}', '{null}', now()))[1], now(), now())`,
      [wallet, id],
    );
    people[name] = { id, wallet };
  }
  const announce = async (topic: string, key: bigint) => {
    await pool.query(`insert into event_outbox (topic, key) values ($1, $2)`, [topic, key]);
  };
  return {
    people,
    announce,
    transfer: async (from, to, minor) => {
      const { rows } = await pool.query<{ id: bigint }>(
        `with done as (
           insert into wallet_transfers
             (account_id, request_sha256, from_wallet, to_wallet, currency, amount, at)
           values ($1, $2, $3, $4, 586, $5, '2026-11-21T03:15:00Z') returning id
         ), told as (
           insert into event_outbox (topic, key) select 'transfer', id from done
         )
         select id from done`,
        [
          people[from]!.id,
          createHash('sha256').update(from).digest(),
          people[from]!.wallet,
          people[to]!.wallet,
          minor,
        ],
      );
      return rows[0]!.id;
    },
  };
}
