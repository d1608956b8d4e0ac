import { createHash } from 'node:crypto';
import { record } from '../../audit/index.ts';
import { inTransaction } from '../../db/index.ts';
import type { Db, Pool, Tx } from '../../db/index.ts';
import { blocks, GENESIS, judgeEntry, readChainFields } from './chain.ts';
import type { ChainCode, ChainEntry, ChainHead } from './chain.ts';
import type { ChainClaim } from './reading.ts';
import { insertEntries, lockChains, readEntries, readHeads } from './store.ts';
import type { EntryRow, NewEntry } from './store.ts';

/** Blocks an account, in the transaction of what it is blocked for. */
export type BlockAccount = (
  tx: Tx,
  accountId: bigint,
  change: { readonly reason: string; readonly actor: string; readonly now: Date },
) => Promise<boolean>;

export interface ChainOwner {
  readonly accountId: bigint;
  /** The public id. */
  readonly account: string;
}

export interface ChainOrder {
  readonly owner: ChainOwner;
  /** In the order sent; only of elements whose signature held. */
  readonly claims: readonly ChainClaim[];
  /**
   * Places of the claims whose payment is settled: it then is what it is, whatever its chain says.
   * Read before, as whoever asks while locked needs a second connection. One that settles meanwhile
   * is told with the retry.
   */
  readonly settled: ReadonlySet<number>;
  readonly now: Date;
}

/**
 * Takes the entries that extend their chains and answers for each claim why it was refused, or
 * undefined. In a transaction of its own before the payments are stored: were the bank to stop
 * between the two, the retry's entries are known. A broken chain (`blocks`) blocks the account in
 * the same transaction, and an audit event says why.
 */
export async function extendChains(
  pool: Pool,
  block: BlockAccount,
  order: ChainOrder,
): Promise<readonly (ChainCode | undefined)[]> {
  const readings = order.claims.map(({ fields }) => readChainFields(fields));
  if (readings.every(({ kind }) => kind === 'none')) return readings.map(() => undefined);
  return inTransaction(pool, async (tx) => {
    await lockChains(tx, order.owner.accountId);
    const walk = await beginWalk(tx, order);
    const codes: (ChainCode | undefined)[] = [];
    for (const [place, reading] of readings.entries()) {
      const code = reading.kind === 'refused' ? reading.code : take(walk, order, place);
      codes.push(order.settled.has(place) ? undefined : code);
    }
    await insertEntries(tx, order.owner.accountId, walk.taken, order.now);
    const broken = codes.find((code) => code !== undefined && blocks(code));
    if (broken !== undefined) await blockOwner(tx, block, order, broken);
    return codes;
  });
}

/** What a device of this person is to go on from: `GET /auth/me`. */
export async function chainHead(
  db: Db,
  accountId: bigint,
  fingerprint: string,
): Promise<{ readonly previous: string; readonly nextSequence: number }> {
  const [head] = await readHeads(db, accountId, [fingerprintHash(fingerprint)]);
  if (head === undefined) return { previous: GENESIS, nextSequence: 1 };
  return { previous: head.entry, nextSequence: Number(head.sequence) + 1 };
}

interface Walk {
  readonly heads: Map<string, ChainHead>;
  readonly known: Map<string, EntryRow>;
  readonly taken: NewEntry[];
}

async function beginWalk(tx: Tx, { owner, claims }: ChainOrder): Promise<Walk> {
  const fingerprints = [...new Set(claims.map(({ fingerprint }) => fingerprintHash(fingerprint)))];
  const entries = claims.flatMap(({ fields }) => {
    const reading = readChainFields(fields);
    return reading.kind === 'entry' ? [reading.entry.entry.toLowerCase()] : [];
  });
  const heads = await readHeads(tx, owner.accountId, fingerprints);
  const known = await readEntries(tx, owner.accountId, entries);
  return {
    heads: new Map(heads.map((head) => [head.fingerprint, head])),
    known: new Map(known.map((entry) => [nameOf(entry), entry])),
    taken: [],
  };
}

/** Why the claim's entry is refused; undefined where it is taken, or was before. */
function take(walk: Walk, { claims }: ChainOrder, place: number): ChainCode | undefined {
  const claim = claims[place];
  const reading = claim === undefined ? undefined : readChainFields(claim.fields);
  if (claim === undefined || reading?.kind !== 'entry') return undefined;
  const entry = newEntry(reading.entry, fingerprintHash(claim.fingerprint));
  const known = walk.known.get(nameOf(entry));
  // The same entry for another content is a copy of an old one, not the retry of it.
  if (known?.canonicalSha256 === entry.canonicalSha256) return undefined;
  const verdict = judgeEntry(reading.entry, walk.heads.get(entry.fingerprint));
  if (verdict !== 'extends') return verdict;
  walk.taken.push(entry);
  walk.known.set(nameOf(entry), entry);
  walk.heads.set(entry.fingerprint, entry);
  return undefined;
}

async function blockOwner(
  tx: Tx,
  block: BlockAccount,
  { owner, now }: ChainOrder,
  code: ChainCode,
): Promise<void> {
  const actor = 'system';
  const subject = `account:${owner.account}`;
  const event = { actor, action: 'ledger_chain.broken', subject, outcome: code };
  await record(tx, [event], now);
  await block(tx, owner.accountId, { reason: 'ledger_integrity', actor, now });
}

function newEntry(entry: ChainEntry, fingerprint: string): NewEntry {
  return {
    fingerprint,
    sequence: entry.sequence,
    previous: entry.previous.toLowerCase(),
    entry: entry.entry.toLowerCase(),
    canonicalSha256: sha256Hex(entry.canonical),
  };
}

function nameOf({ fingerprint, entry }: Pick<EntryRow, 'fingerprint' | 'entry'>): string {
  return `${fingerprint}:${entry}`;
}

function fingerprintHash(fingerprint: string): string {
  return sha256Hex(fingerprint);
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
