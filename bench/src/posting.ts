import { createHash } from 'node:crypto';
import {
  createSettlementStore,
  decide,
  digestOf,
  knownQuestion,
  outcomesOf,
  prove,
  proveAccusations,
  questionOf,
  readBatch,
  readClaims,
} from '@sikka/bank';
import type { DecidingStore, Known, Proved, SettlementStore } from '@sikka/bank';
import { createIssuedCache } from '@sikka/protocol';
import type { IssuerKeys, Verifier } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { jsonOf, withHttpClient } from './http.ts';
import { inLanes } from './lanes.ts';
import type { Pool } from './pool.ts';

/** Posting alone: what settlement does once a batch is decoded, known and proved. */
export interface Poster {
  /** Stores and proves a batch, outside any measurement. */
  prepare(body: Uint8Array): Promise<ProvedBatch>;
  /** Facts under lock, decision, posting, commit; each lane one batch after the other. */
  post(lanes: readonly (readonly ProvedBatch[])[]): Promise<number>;
}

export interface ProvedBatch {
  readonly uploadId: bigint;
  readonly sha256: Uint8Array;
  readonly receivedAt: number;
  readonly proved: readonly Proved[];
  readonly known: Known;
}

/** Allowances whose signature was verified: all there are in a run. */
const CACHED = 20_000;
/** The bank's worker leaves these uploads alone. */
const HIDDEN_MS = 3_600_000;
const UPLOADER = 'bench';

export async function createPoster(pool: Pool, bankUrl: string): Promise<Poster> {
  const store = createSettlementStore(pool);
  const issuers = await readIssuers(bankUrl);
  const verifier: Verifier = nodeVerifier();
  const issued = createIssuedCache(CACHED);
  return {
    prepare: async (body) => {
      const items = readBatch(body);
      if (!items.ok) throw new Error(items.detail);
      const claims = await readClaims(items.value);
      const known = await store.readKnown(knownQuestion(claims));
      const proved = await prove(claims, { issuers, verifier, known, issued });
      return { ...(await receive(store, body, claims.length)), proved, known };
    },
    post: async (lanes) => {
      const began = performance.now();
      const settled = await inLanes(lanes, (batch) => postBatch(store, batch));
      const seconds = (performance.now() - began) / 1000;
      return settled.reduce((total, count) => total + count, 0) / seconds;
    },
  };
}

async function receive(store: SettlementStore, bytes: Uint8Array, items: number) {
  const sha256 = new Uint8Array(createHash('sha256').update(bytes).digest());
  const stored = await store.receive({
    sha256,
    bytes,
    uploader: UPLOADER,
    leaveMs: HIDDEN_MS,
    items,
  });
  return { uploadId: stored.id, sha256, receivedAt: seconds(stored.receivedAt) };
}

async function postBatch(store: SettlementStore, batch: ProvedBatch): Promise<number> {
  const decided = await store.deciding(batch.uploadId, (deciding) =>
    decideAndPost(deciding, batch),
  );
  return decided?.value ?? 0;
}

/** As the bank's settlement.ts does it inside its transaction. */
async function decideAndPost(deciding: DecidingStore, batch: ProvedBatch): Promise<number> {
  const { proved, known, uploadId, receivedAt, sha256 } = batch;
  const facts = await deciding.readFacts(questionOf(proved, known), known);
  const decision = decide(proved, facts, { uploadId, receivedAt, decidedAt: seconds(deciding.at) });
  const proofs = await proveAccusations(decision.accusations, deciding);
  const outcomesDigest = digestOf(decision);
  const by = { part: 'whole', carried: false, actor: `account:${UPLOADER}` } as const;
  const posted = await deciding.post({ ...by, decision, proofs, sha256, outcomesDigest });
  const outcomes = outcomesOf(decision, posted);
  return outcomes.filter(({ result }) => result === 'settled').length;
}

interface KeySet {
  readonly keys: readonly {
    readonly number: number;
    readonly suite: 'ES256' | 'EdDSA' | 'PS256';
    readonly public_key: string;
    readonly from: number;
    readonly until: number;
  }[];
}

async function readIssuers(bankUrl: string): Promise<IssuerKeys> {
  const reply = await withHttpClient({ url: bankUrl, connections: 1 }, (client) =>
    client.send({ path: '/.well-known/sikka-issuer-keys.json' }),
  );
  const { keys } = jsonOf<KeySet>(reply, 200);
  return new Map(
    keys.map(({ number, suite, public_key: text, from, until }) => {
      const publicKey = new Uint8Array(Buffer.from(text, 'base64url'));
      return [number, { number, suite, publicKey, from, until }];
    }),
  );
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
