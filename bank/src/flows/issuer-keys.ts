import type { Suite } from '@sikka/protocol';
import { toBase64url } from '@sikka/api';
import { record } from '../audit/index.ts';
import type { Handler } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import type { IssuerKeys, IssuerSigner, PublicIssuerKey } from '../keys/index.ts';
import type { Bulletins } from '../wallets/index.ts';

export interface IssuerKeyDeps {
  readonly pool: Pool;
  readonly issuerKeys: IssuerKeys;
  readonly bulletins: Bulletins;
}

/**
 * Makes sure there is an issuer key with time left, at start and daily. Where that makes a key
 * after another, the bulletin that announces it is signed by the one before, in one transaction.
 */
export async function ensureIssuerKey(
  deps: IssuerKeyDeps,
  now: Date,
): Promise<{ readonly key: PublicIssuerKey; readonly made: boolean }> {
  const before = await signerNow(deps);
  const ensured = await inTransaction(deps.pool, async (tx) => {
    const key = await deps.issuerKeys.ensure(tx);
    if (key.number === before?.number) return { key, made: false };
    await announce(deps, tx, { key, before, now, actor: 'system' });
    return { key, made: true };
  });
  if (ensured.made) deps.issuerKeys.refresh();
  return ensured;
}

export function rotateIssuerKeyRoute(deps: IssuerKeyDeps): Handler<'rotateIssuerKey'> {
  return async ({ caller, body, now }) => {
    const before = await signerNow(deps);
    const actor = `account:${caller.account}`;
    const { suite } = body;
    const { key, version } = await inTransaction(deps.pool, async (tx) => {
      const made = await deps.issuerKeys.rotate(tx, suite === undefined ? {} : { suite });
      return { key: made, version: await announce(deps, tx, { key: made, before, now, actor }) };
    });
    deps.issuerKeys.refresh();
    const value = { key: wireIssuerKey(key), bulletin_version: version ?? 1 };
    return { ok: true, status: 201, value };
  };
}

export function wireIssuerKey(key: PublicIssuerKey): {
  number: number;
  suite: Suite;
  public_key: string;
  from: number;
  until: number;
} {
  const { number, suite, publicKey, from, until } = key;
  return { number, suite, public_key: toBase64url(publicKey), from, until };
}

interface Announcement {
  readonly key: PublicIssuerKey;
  readonly before: IssuerSigner | undefined;
  readonly now: Date;
  readonly actor: string;
}

/** The bulletin's version; the very first key is pinned at enrolment, so nobody is told of it. */
async function announce(
  { bulletins }: IssuerKeyDeps,
  tx: Tx,
  { key, before, now, actor }: Announcement,
): Promise<number | undefined> {
  const subject = `issuer-key:${key.number}`;
  const event = { actor, action: 'issuer_key.made', subject, outcome: 'ok' };
  await record(tx, [{ ...event, details: { suite: key.suite } }], now);
  if (before === undefined) return undefined;
  const bulletin = await bulletins.announceKey(tx, { key, signer: before, now, actor });
  return bulletin.version;
}

/** The key that signs now; undefined before the first one is made. */
async function signerNow({ pool, issuerKeys }: IssuerKeyDeps): Promise<IssuerSigner | undefined> {
  const keys = await issuerKeys.list();
  return keys.length === 0 ? undefined : issuerKeys.signer(pool);
}
