import { describe, expect, it } from 'vitest';
import { encodePacket, qrText, seal, SUITES } from '../src/index.ts';
import type { Suite } from '../src/index.ts';
import { bytesOf, ecdhKeyOf } from './support/keys.ts';
import * as scenery from './support/scene.ts';

/**
 * Spec/packets.md §2: the greatest QR versions, with every field as large as that page allows.
 * Characters that a code of each version holds in alphanumeric mode at level M (ISO/IEC 18004).
 */
const CAPACITY = [
  ...[20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600, 656, 734, 816, 909],
  ...[970, 1_035, 1_134, 1_248, 1_326, 1_451],
];

const versionOf = (packet: Uint8Array): number =>
  1 + CAPACITY.findIndex((characters) => qrText(packet).length <= characters);

const MOST_MINOR = 2n ** 32n - 1n;

async function largest(suite: Suite) {
  const scene = scenery.createScene({ suite, issuerSuite: suite === 'EdDSA' ? 'EdDSA' : 'ES256' });
  const under = await scenery.allowance(scene, {
    serial: 2 ** 31 - 1,
    limitMinor: MOST_MINOR,
    perPaymentMinor: MOST_MINOR,
    count: 200,
    firstSequence: 55,
    policyEpoch: 255,
  });
  const payment = await scenery.payment(scene, under, {
    sequence: 254,
    amountMinor: 100_000_000n,
    spentMinor: MOST_MINOR,
  });
  const by = await scenery.credential(scene, {
    serial: 2 ** 31 - 1,
    name: 'N'.repeat(32),
    town: 'T'.repeat(24),
    till: 65_535,
  });
  const request = await scenery.request(scene, by, {
    amountMinor: MOST_MINOR,
    bulletinVersion: 65_535,
  });
  const receipt = await scenery.receipt(scene, by, { bulletinVersion: 65_535 });
  const clear = scenery.paymentPacket(under, payment);
  const bind = bytesOf('bind');
  return {
    clear,
    sealed: await seal(clear, { ecdhKey: ecdhKeyOf('request').point, bind }),
    request: encodePacket({ kind: 'request', credential: by, request }),
    receipt: encodePacket({ kind: 'receipt', credential: by, receipt }),
  };
}

/** Of spec/packets.md §2; a receipt is as long as its request at most. */
const GREATEST: Readonly<Record<Suite, Readonly<Record<string, number>>>> = {
  ES256: { clear: 14, sealed: 17, request: 15, receipt: 15 },
  EdDSA: { clear: 14, sealed: 17, request: 15, receipt: 15 },
  PS256: { clear: 25, sealed: 25, request: 25, receipt: 25 },
};

describe.each(SUITES)('with %s, as large as they get', async (suite) => {
  const packets = await largest(suite);

  it.each(Object.entries(packets))('a QR code holds the %s', (name, packet) => {
    const version = versionOf(packet);
    expect(version).toBeGreaterThan(0);
    expect(version).toBeLessThanOrEqual(GREATEST[suite][name]!);
  });
});
