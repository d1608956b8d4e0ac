import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, parseQr, qrText } from '../../src/index.ts';
import type { JudgeContext, ProtocolCode } from '../../src/index.ts';
import { PROTOCOL_CODES } from '../../src/index.ts';
import { nodeVerifier } from '../../src/node.ts';
import * as scenery from '../support/scene.ts';
import { NOW, PKR } from '../support/scene.ts';

const scene = await scenery.freshScene();
const trust = { issuers: scene.issuers, verifier: nodeVerifier() };
const under = await scenery.allowance(scene);
const packet = scenery.paymentPacket(under, await scenery.payment(scene, under));
const context: JudgeContext = {
  as: 'bank',
  allowanceKnown: true,
  payee: { currency: PKR },
  receivedAt: NOW,
  known: {},
};

const codes: ReadonlySet<string> = new Set<ProtocolCode>(PROTOCOL_CODES);

async function codeOf(bytes: Uint8Array): Promise<string> {
  return (await judge(bytes, { ...context, ...trust })).code;
}

describe('a payment packet that was changed on its way', () => {
  it('as it was signed is acceptable', async () => {
    expect(await codeOf(packet)).toBe('acceptable');
  });

  it.each([0x01, 0x80, 0xff])('with any byte exclusive-ored with %i is not', async (mask) => {
    const accepted: number[] = [];
    for (let i = 0; i < packet.length; i++) {
      const code = await codeOf(packet.with(i, packet[i]! ^ mask));
      if (!codes.has(code)) accepted.push(i);
    }
    expect(accepted).toEqual([]);
  });

  it('cut off anywhere, or with anything behind it, is not', async () => {
    for (let length = 0; length < packet.length; length++) {
      expect(codes.has(await codeOf(packet.slice(0, length)))).toBe(true);
    }
    for (let byte = 0; byte < 256; byte++) {
      expect(await codeOf(Uint8Array.of(...packet, byte))).toBe('malformed');
    }
  });

  /** One change: bytes cut out at a place, others put in. */
  const change = fc.record({
    at: fc.nat({ max: packet.length - 1 }),
    cut: fc.nat({ max: 4 }),
    put: fc.uint8Array({ maxLength: 4 }),
  });

  it('in 20,000 random ways has a code, and nothing throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const mutated = changes.reduce<Uint8Array>(
          (bytes, { at, cut, put }) =>
            Uint8Array.of(...bytes.slice(0, at), ...put, ...bytes.slice(at + cut)),
          packet,
        );
        const code = await codeOf(mutated);
        const same = Buffer.from(mutated).equals(packet);
        return same ? code === 'acceptable' : codes.has(code);
      }),
      { numRuns: 20_000 },
    );
  });

  it('as any bytes, or any text, has a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) =>
        codes.has(await codeOf(bytes)),
      ),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 64 }), (text) => {
        const parsed = parseQr(`SK1:${text.toUpperCase()}`);
        return parsed.ok || codes.has(parsed.code);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has one QR text: whatever reads as the same bytes is the same text', () => {
    const text = qrText(packet);
    for (let i = 4; i < text.length; i++) {
      for (const character of '0Z:$ ') {
        const changed = `${text.slice(0, i)}${character}${text.slice(i + 1)}`;
        const parsed = parseQr(changed);
        if (parsed.ok && changed !== text) {
          expect(Buffer.from(parsed.value.bytes).equals(packet)).toBe(false);
        }
      }
    }
  });
});
