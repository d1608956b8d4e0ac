import {
  documentId,
  encodePacket,
  encodePayload,
  equalBytes,
  sha256,
  signDocument,
  SUITES,
} from '@sikka/protocol';
import type { Bulletin } from '@sikka/protocol';
import { inTransaction } from '../db/index.ts';
import type { Db, Pool, Tx } from '../db/index.ts';
import { record } from '../audit/index.ts';
import type { IssuerKeys, IssuerSigner, PublicIssuerKey } from '../keys/index.ts';
import { limits } from './limits.ts';
import {
  insertBulletin,
  readBulletin,
  readLatestBulletin,
  readPolicyEpochs,
  readRevokedAllowances,
} from './store/bulletins.ts';

export interface BulletinRecord {
  readonly version: number;
  readonly id: Uint8Array;
  /** SHA-256 of what it announces, without version and times. */
  readonly content: Uint8Array;
  readonly packet: Uint8Array;
  readonly at: Date;
}

export type NewBulletin = BulletinRecord;

export interface Revocations {
  readonly allowances: readonly Uint8Array[];
  /** Key hashes. */
  readonly devices: readonly Uint8Array[];
  /** Document ids. */
  readonly credentials: readonly Uint8Array[];
}

/** Revoked devices and credentials of which something is still valid at `since` (seconds). */
export type ReadRevokedDevices = (
  db: Db,
  since: number,
  most: number,
) => Promise<Omit<Revocations, 'allowances'>>;

export interface Bulletins {
  latest(): Promise<BulletinRecord | undefined>;
  byVersion(version: number): Promise<BulletinRecord | undefined>;
  /** Issues one now, on behalf of `actor`, whether or not there is anything new. */
  issue(now: Date, actor: string): Promise<BulletinRecord>;
  /** Issues one where something is new since the last, or the last is an interval old. */
  issueIfDue(now: Date): Promise<BulletinRecord | undefined>;
  /**
   * Announces a key in the transaction that makes it, signed by the key before: a verifier adopts
   * a bulletin only by a key it knew (spec/judge.md §1), so the first to list a key cannot be
   * signed by it.
   */
  announceKey(tx: Tx, announcement: KeyAnnouncement): Promise<BulletinRecord>;
}

export interface KeyAnnouncement {
  readonly key: PublicIssuerKey;
  readonly signer: IssuerSigner;
  readonly now: Date;
  readonly actor: string;
}

export interface BulletinDeps {
  readonly pool: Pool;
  readonly issuerKeys: IssuerKeys;
  readonly readRevokedDevices: ReadRevokedDevices;
}

/**
 * What the bank tells everybody who verifies offline (spec/documents.md type 12). Versions count
 * up by one; each names its predecessor. Many issuers at once are safe.
 */
export function createBulletins(deps: BulletinDeps): Bulletins {
  const { pool } = deps;
  return {
    latest: () => readLatestBulletin(pool),
    byVersion: (version) => readBulletin(pool, version),
    issue: async (now, actor) => {
      const bulletin = await issue(deps, { now, actor, onlyIfDue: false });
      if (bulletin === undefined) throw new Error('A bulletin that is always due was not.');
      return bulletin;
    },
    issueIfDue: (now) => issue(deps, { now, actor: 'system', onlyIfDue: true }),
    announceKey: (tx, announcement) => announceKey(deps, tx, announcement),
  };
}

interface Order {
  readonly now: Date;
  readonly actor: string;
  readonly onlyIfDue: boolean;
}

async function issue(deps: BulletinDeps, order: Order): Promise<BulletinRecord | undefined> {
  for (let attempt = 0; attempt < limits.bulletinAttempts; attempt += 1) {
    const made = await inTransaction(deps.pool, (tx) => issueOnce(deps, tx, order));
    if (made === 'not due') return undefined;
    if (made !== 'beaten') return made;
  }
  throw new Error('Another issuer was faster every time.');
}

async function issueOnce(
  deps: BulletinDeps,
  tx: Tx,
  { now, actor, onlyIfDue }: Order,
): Promise<BulletinRecord | 'not due' | 'beaten'> {
  const last = await readLatestBulletin(tx);
  const news = await gather(deps, tx, { now, keys: await deps.issuerKeys.list(tx) });
  if (onlyIfDue && last !== undefined && !isDue(last, news.content, now)) return 'not due';
  const signer = await deps.issuerKeys.signer(tx);
  const bulletin = await sign(news, { last, now, signer });
  if (!(await insertBulletin(tx, bulletin))) return 'beaten';
  await record(tx, [issued(bulletin, actor, news.fields)], now);
  return bulletin;
}

async function announceKey(
  deps: BulletinDeps,
  tx: Tx,
  { key, signer, now, actor }: KeyAnnouncement,
): Promise<BulletinRecord> {
  const before = (await deps.issuerKeys.list(tx)).filter(({ number }) => number !== key.number);
  const news = await gather(deps, tx, { now, keys: [...before, key] });
  // The transaction holds the lock on issuer keys; only ordinary bulletins can come between.
  for (let attempt = 0; attempt < limits.bulletinAttempts; attempt += 1) {
    const last = await readLatestBulletin(tx);
    const bulletin = await sign(news, { last, now, signer });
    if (!(await insertBulletin(tx, bulletin))) continue;
    await record(tx, [issued(bulletin, actor, news.fields)], now);
    return bulletin;
  }
  throw new Error('Another issuer was faster every time.');
}

async function gather(
  deps: BulletinDeps,
  tx: Tx,
  on: { readonly now: Date; readonly keys: readonly PublicIssuerKey[] },
): Promise<News> {
  const { now } = on;
  const at = secondsOf(now);
  const most = limits.revocationsOfEachKind;
  const devices = await deps.readRevokedDevices(tx, at, most);
  const allowances = await readRevokedAllowances(tx, at, most);
  const keys = on.keys.filter(({ until }) => until >= at);
  const fields = {
    revokedAllowances: allowances,
    revokedDevices: devices.devices,
    revokedCredentials: devices.credentials,
    issuerKeys: keys.map(({ number, suite, publicKey, from, until }) => {
      return { number, suite, publicKey, from, until };
    }),
    policyEpochs: await readPolicyEpochs(tx, now),
    minVersion: 1,
    suites: SUITES,
  };
  return { fields, content: contentOf(fields) };
}

async function sign(
  { fields, content }: News,
  on: {
    readonly last: BulletinRecord | undefined;
    readonly now: Date;
    readonly signer: IssuerSigner;
  },
): Promise<NewBulletin> {
  const { last, now, signer } = on;
  const version = (last?.version ?? 0) + 1;
  const bankTime = secondsOf(now);
  const document = await signDocument<Bulletin>(
    {
      type: 'bulletin',
      issuerKey: signer.number,
      version,
      previous: last?.id ?? new Uint8Array(32),
      bankTime,
      nextDue: bankTime + limits.bulletinDueSeconds,
      ...fields,
    },
    signer,
  );
  const id = documentId({ type: 'bulletin', suite: signer.suite }, document.payload);
  return { version, id, content, packet: encodePacket({ kind: 'document', document }), at: now };
}

type Announced = Omit<
  Bulletin,
  'type' | 'issuerKey' | 'version' | 'previous' | 'bankTime' | 'nextDue'
>;

interface News {
  readonly fields: Announced;
  readonly content: Uint8Array;
}

function isDue(last: BulletinRecord, content: Uint8Array, now: Date): boolean {
  const age = secondsOf(now) - secondsOf(last.at);
  return age >= limits.bulletinIntervalSeconds || !equalBytes(last.content, content);
}

/** Of the payload as it would be with everything else zero: one way to write what is announced. */
function contentOf(fields: Announced): Uint8Array {
  const zero = { issuerKey: 1, version: 1, previous: new Uint8Array(32), bankTime: 0, nextDue: 0 };
  return sha256(encodePayload({ type: 'bulletin', ...zero, ...fields }));
}

function issued(bulletin: NewBulletin, actor: string, fields: Announced) {
  return {
    actor,
    action: 'bulletin.issue',
    subject: `bulletin:${bulletin.version}`,
    outcome: 'issued',
    details: {
      revokedAllowances: fields.revokedAllowances.length,
      revokedDevices: fields.revokedDevices.length,
      revokedCredentials: fields.revokedCredentials.length,
    },
  };
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
