import { record } from '../audit/index.ts';
import type { Handlers } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import type { PublicSealingKey, SealingKeys } from '../keys/index.ts';

export interface SealingKeyDeps {
  readonly pool: Pool;
  readonly sealingKeys: SealingKeys;
}

/** Makes sure that there is a key to seal to with time left, at start and hourly. */
export async function ensureSealingKey({ pool, sealingKeys }: SealingKeyDeps): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const before = newestOf(await sealingKeys.list(tx))?.number;
    const key = await sealingKeys.ensure(tx);
    if (key.number !== before) await tell(tx, key, 'system');
  });
}

/** The key that others seal to, read and replaced (spec/sealed-ledger.md §2). */
export function sealingKeyRoutes({
  pool,
  sealingKeys,
}: SealingKeyDeps): Handlers<'getSealingKey' | 'rotateSealingKey'> {
  return {
    getSealingKey: async () => {
      const key = newestOf(await sealingKeys.list(pool));
      if (key === undefined) throw new Error('A bank starts with a sealing key.');
      return { ok: true, status: 200, value: wireKey(key) };
    },
    rotateSealingKey: async ({ caller }) => {
      const key = await inTransaction(pool, async (tx) => {
        const made = await sealingKeys.create(tx);
        await tell(tx, made, `account:${caller.account}`);
        return made;
      });
      return { ok: true, status: 201, value: wireKey(key) };
    },
  };
}

function newestOf(keys: readonly PublicSealingKey[]): PublicSealingKey | undefined {
  return keys.at(-1);
}

async function tell(tx: Tx, { number, from }: PublicSealingKey, actor: string): Promise<void> {
  const event = { actor, action: 'sealing_key.made', subject: `sealing-key:${number}` };
  await record(tx, [{ ...event, outcome: 'ok' }], new Date(from * 1000));
}

function wireKey({ jwk }: PublicSealingKey) {
  return {
    public_key: jwk,
    format: 'JWK',
    algorithm: 'ECDH P-256',
    usage: 'Seal ledgers and bundles to this key; ask for it again before each.',
  } as const;
}
