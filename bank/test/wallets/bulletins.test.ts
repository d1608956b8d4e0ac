import { decodePacketOfKind, hex, verifyDocument } from '@sikka/protocol';
import type { Bulletin, Signed } from '@sikka/protocol';
import { nodeVerifier } from '@sikka/protocol/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as phones from '../http/phone.ts';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';

let running: RunningBank;
beforeAll(async () => {
  running = await startTestBank();
});
afterAll(() => running.stop());

const verifier = nodeVerifier();

interface Read {
  readonly document: Signed<Bulletin>;
  readonly fields: Bulletin;
  readonly id: string;
}

async function read(version: number): Promise<Read> {
  const answer = await running.client().getBulletin({ params: { version } });
  if (!answer.ok) throw new Error(answer.problem.code);
  const decoded = decodePacketOfKind('document', phones.bytesOf(answer.value.packet));
  if (!decoded.ok || decoded.value.document.fields.type !== 'bulletin') throw new Error('none');
  const document = decoded.value.document as Signed<Bulletin>;
  return { document, fields: document.fields, id: hex(decoded.value.id) };
}

async function latest(): Promise<number> {
  const answer = await running.client().getLatestBulletin();
  return answer.ok ? answer.value.version : 0;
}

/** As a phone does: by a key in the list it knew, a higher version, and nothing else. */
async function adopts(known: Read, next: Read): Promise<boolean> {
  const key = known.fields.issuerKeys.find(({ number }) => number === next.fields.issuerKey);
  if (key === undefined || next.fields.version <= known.fields.version) return false;
  return verifyDocument(next.document, key, verifier);
}

test('of many issued at once each has its own version, and each names the one before', async () => {
  const operator = running.client('operator');
  const before = await latest();
  const answers = await Promise.all(Array.from({ length: 8 }, () => operator.issueBulletin()));
  const versions = answers.map((answer) => (answer.ok ? answer.value.version : 0));
  expect(versions.sort((a, b) => a - b)).toEqual(
    Array.from({ length: 8 }, (_, index) => before + 1 + index),
  );
  for (let version = 2; version <= before + 8; version += 1) {
    const [previous, next] = [await read(version - 1), await read(version)];
    expect(hex(next.fields.previous)).toBe(previous.id);
    expect(next.fields.nextDue).toBeGreaterThan(next.fields.bankTime);
    expect(await adopts(previous, next)).toBe(true);
  }
  expect(hex((await read(1)).fields.previous)).toBe('00'.repeat(32));
});

test('a lost phone is in a bulletin before its owner has the answer', async () => {
  const ayesha = running.client('ayesha');
  const bilal = running.client('bilal');
  const unused = await phones.enrolled(ayesha, 'ayesha', 'payer');
  const till = await phones.enrolled(bilal, 'bilal', 'payee');
  const lost = { body: { reason: 'lost' as const } };
  await ayesha.revokeDevice({ params: { till: unused.device.till }, ...lost });
  const answer = await bilal.revokeDevice({ params: { till: till.device.till }, ...lost });
  if (!answer.ok) throw new Error(answer.problem.code);
  const { fields } = await read(answer.value.bulletin_version);
  // The payer's phone never had anything that anybody could still be shown.
  expect(fields.revokedDevices.map(hex)).toEqual([till.device.key_hash]);
});

test('nothing new, no bulletin: the worker does not fill the table', async () => {
  const before = await latest();
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(await latest()).toBe(before);
});

test('a phone that knows only old keys follows every rotation, bulletin by bulletin', async () => {
  const operator = running.client('operator');
  const first = await read(await latest());
  for (const suite of ['EdDSA', 'PS256', 'ES256'] as const) {
    const answer = await operator.rotateIssuerKey({ body: { suite } });
    expect(answer).toMatchObject({ ok: true, status: 201, value: { key: { suite } } });
    await operator.issueBulletin();
  }
  let known = first;
  for (let version = first.fields.version + 1; version <= (await latest()); version += 1) {
    const next = await read(version);
    expect(await adopts(known, next), `version ${version}`).toBe(true);
    known = next;
  }
  expect(known.fields.issuerKeys.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  expect(known.fields.issuerKey).toBe(4);
  // A credential is signed by the new key from now on.
  const { credential } = await phones.enrolled(running.client('bilal'), 'bilal');
  expect(phones.credentialIn(credential ?? '').fields.issuerKey).toBe(4);
});

test('no bulletin can be changed or taken back', async () => {
  for (const sql of [
    'delete from bulletins',
    'update bulletins set at = now()',
    'truncate bulletins',
  ]) {
    await expect(running.ownerPool.query(sql)).rejects.toThrow(/append-only/);
  }
});
