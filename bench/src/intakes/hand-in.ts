import { randomBytes } from 'node:crypto';
import {
  generateEcdhKeyPair,
  parseJsonText,
  readPublicJwk,
  webCryptoAgreement,
} from '@sikka/protocol';
import type { KeyAgreement } from '@sikka/protocol';
import type { Reply } from '../http.ts';
import { jsonOf, withHttpClient } from '../http.ts';
import { inLanes } from '../lanes.ts';
import type { HandedIn } from '../settlement.ts';

/** What an older intake is handed: by lane, one body after the other. */
export interface IntakeWork {
  readonly path: string;
  readonly lanes: readonly (readonly Uint8Array[])[];
  /** Transactions of each body, old ones with them. */
  readonly each: number;
  /** Of those, what is new. */
  readonly fresh: number;
  /** Transactions that an answer says were taken; read after the clock has stopped. */
  readonly taken: (reply: Reply) => number;
}

/**
 * Hands everything in, one lane beside the other. `perSecond` counts every transaction of a body,
 * `settled` the new ones. An answer that takes another number of them throws.
 */
export async function handInOlder(url: string, work: IntakeWork): Promise<HandedIn> {
  const { path, lanes, each, fresh, taken } = work;
  const uploads = lanes.map((bodies) =>
    bodies.map((bytes) => ({ path, body: { type: 'application/json', bytes } })),
  );
  const began = performance.now();
  const replies = await withHttpClient({ url, connections: lanes.length }, (client) =>
    inLanes(uploads, (upload) => client.send(upload)),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const reply of replies) {
    if (taken(reply) === fresh) continue;
    throw new Error(`Not all taken: ${reply.bytes.toString('utf8').slice(0, 500)}`);
  }
  return {
    settled: fresh * replies.length,
    perSecond: (each * replies.length) / seconds,
  };
}

/** The bank's sealing key, 33 bytes. */
export async function fetchSealingKey(url: string): Promise<Uint8Array> {
  const reply = await withHttpClient({ url, connections: 1 }, (client) =>
    client.send({ path: '/bank-public-key' }),
  );
  const { public_key: jwk } = jsonOf<{ readonly public_key: object }>(reply, 200);
  const parsed = parseJsonText(JSON.stringify(jwk), { depth: 4, nodes: 64 });
  const key = parsed.ok ? readPublicJwk(parsed.value) : undefined;
  if (key === undefined) throw new Error('The bank has no sealing key.');
  return key;
}

/** A key agreement of one message, and its secrets. */
export async function freshEnvelope() {
  const { privateKey, publicKey } = await generateEcdhKeyPair({ extractable: false });
  const agreement: KeyAgreement = webCryptoAgreement(privateKey, publicKey);
  const random = (length: number) => new Uint8Array(randomBytes(length));
  return {
    agreement,
    secrets: { contentKey: random(32), iv: random(12), wrapIv: random(12) },
  };
}
