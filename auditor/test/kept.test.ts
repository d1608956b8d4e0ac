import { encodePacket, signDocument } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import { expect, test } from 'vitest';
import { AUDITOR_ERROR_CODES, AuditorError } from '../src/errors.ts';
import { readKept } from '../src/kept.ts';

async function checkpointPacket(logSize: number): Promise<Uint8Array> {
  const { privateKey } = await generateNodeSigningKey('EdDSA');
  const document = await signDocument(
    {
      type: 'checkpoint',
      issuerKey: 1,
      logId: new Uint8Array(32),
      logSize,
      logRoot: new Uint8Array(32).fill(1),
      auditSize: 3,
      auditHead: new Uint8Array(32).fill(2),
      time: 1_700_000_000,
      previous: new Uint8Array(32),
    },
    nodeSigner('EdDSA', privateKey),
  );
  return encodePacket({ kind: 'document', document });
}

test('checkpoints are read with their place and their id', async () => {
  const packets = [await checkpointPacket(1), await checkpointPacket(2)];
  const kept = readKept(packets);
  expect(kept.map(({ place, kind }) => [place, kind])).toEqual([
    [0, 'checkpoint'],
    [1, 'checkpoint'],
  ]);
  expect(kept.map(({ document }) => document.fields.logSize)).toEqual([1, 2]);
  expect(kept[0]?.id).not.toEqual(kept[1]?.id);
});

test('anything else is refused, and its number is said', async () => {
  const good = await checkpointPacket(1);
  for (const bad of [new Uint8Array(0), good.subarray(1), new Uint8Array(5_000)]) {
    expect(() => readKept([good, bad])).toThrow(AuditorError);
    expect(() => readKept([good, bad])).toThrow(/Number 2/);
  }
  const code = AUDITOR_ERROR_CODES[3];
  expect(() => readKept([good.subarray(1)])).toThrow(expect.objectContaining({ code }) as Error);
});
