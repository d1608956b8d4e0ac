import { encodeBundleCarrier, encodeCbor, encodeDeviceOrder, sha256 } from '@sikka/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerBatch, readBatch, readClaims } from '../../src/settlement/index.ts';
import type { ReadBefore } from '../../src/settlement/index.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { unmoved } from '../support/unmoved.ts';
import type { SignedEntry, TakenBundle } from './order-town.ts';
import {
  ledgerPerson,
  signedLedger,
  signEntry,
  takeBundle,
  tenantOf,
  tillOf,
} from './order-town.ts';
import type { Town } from './town.ts';
import { createTown, said } from './town.ts';

/** Bytes that somebody changed on the way: refused each with a code, and nothing fails or moves. */
let db: TestDatabase;
let town: Town;
let entry: SignedEntry;
let bundle: TakenBundle;
let carrier: Uint8Array;
let order: Uint8Array;
let ledger: Uint8Array;

const SEED = 20_261_121;
/** Park and Miller's generator: the same changes every time. */
let state = SEED;
const below = (limit: number) => {
  state = (state * 48_271) % 2_147_483_647;
  return state % limit;
};

/** One to three bytes changed, or the end cut off. */
function changed(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (below(10) === 0) return copy.subarray(0, below(copy.length));
  for (let times = below(3); times >= 0; times--) {
    const at = below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 + below(255));
  }
  return copy.every((byte, i) => byte === bytes[i]) ? changed(bytes) : copy;
}

beforeAll(async () => {
  db = await createTestDatabase();
  town = await createTown(db);
  const receiver = await ledgerPerson(town);
  entry = await signEntry(await ledgerPerson(town), receiver);
  ledger = ledgerBatch(await signedLedger(receiver, [entry]));
  const till = await tillOf(town, await tenantOf(town));
  bundle = await takeBundle(town, till, [{}], { payee: receiver.person.current.number });
  carrier = encodeBundleCarrier(bundle.carrier);
  order = encodeDeviceOrder({ payloadHash: sha256(bundle.carrier.payload), ordinal: 0 });
});
afterAll(() => db.drop());

test('4,000 changed entries and orders behind a genuine carrier', async () => {
  const items = Array.from({ length: 4_000 }, (_, i) => changed(i % 2 ? order : entry.item));
  const codes = await unmoved(db, async () => {
    const [first, ...rest] = await town.hand([carrier, ...items]);
    expect(first).toMatchObject({ kind: 'carrier', result: 'recorded' });
    expect(rest.map(({ result }) => result)).toEqual(items.map(() => 'rejected'));
    return new Set(rest.map(said));
  });
  for (const code of ['malformed', 'not_accepted_here', 'payer_signature_invalid']) {
    expect(codes, `seed ${SEED}`).toContain(code);
  }
});

test('1,000 changed carriers of both kinds are read, or are none', async () => {
  const read = readBatch(ledger);
  if (!read.ok) throw new Error(read.detail);
  const carriers = [carrier, read.value[0]!.bytes];
  for (let i = 0; i < 1_000; i++) {
    const batch = readBatch(encodeCbor([changed(carriers[i % 2]!), order]));
    if (!batch.ok) throw new Error(`Seed ${SEED}: ${batch.detail}`);
    const claims = await readClaims(batch.value);
    expect(['carrier', 'other'], `seed ${SEED}`).toContain(claims[0]!.kind);
  }
});

test('what an intake has read before counts for the very same bytes alone', async () => {
  const read = async (items: readonly Uint8Array[], before?: ReadBefore) => {
    const batch = readBatch(encodeCbor([...items]));
    if (!batch.ok) throw new Error(`Seed ${SEED}: ${batch.detail}`);
    return readClaims(batch.value, before);
  };
  const [, first, second] = await read([carrier, order, entry.item]);
  if (first?.kind !== 'device_transaction' || second?.kind !== 'ledger_entry') throw new Error();
  const before = { carrier: first.carrier, claims: [second] };
  const [, again, same] = await read([carrier, order, entry.item], before);
  expect(again).toHaveProperty('carrier', first.carrier);
  expect(same).toHaveProperty('transaction', second.transaction);
  for (let i = 0; i < 50; i++) {
    const items = [changed(carrier), order, changed(entry.item)];
    const claims = await read(items, before);
    expect(claims.map(({ kind }) => kind)).toEqual((await read(items)).map(({ kind }) => kind));
    const taken = claims.flatMap((claim) => ('carrier' in claim ? claim.carrier : []));
    expect(taken, `seed ${SEED}`).not.toContain(first.carrier);
    expect(claims[2], `seed ${SEED}`).not.toHaveProperty('transaction', second.transaction);
  }
});

test('60 changed bundles move nothing', async () => {
  await unmoved(db, async () => {
    for (let i = 0; i < 60; i++) {
      const [, outcome] = await town.hand([changed(carrier), order]);
      expect(said(outcome!), `seed ${SEED}`).toMatch(
        /^(not_accepted_here|device_signature_invalid|order_key_unknown|bundle_not_cleared)$/,
      );
    }
  });
});

test('and afterwards the genuine ones settle', async () => {
  expect((await town.hand([carrier, order, entry.item])).map(said)).toEqual([
    ...['recorded', 'settled', 'settled'],
  ]);
  await town.checkMoney();
});
