import { generateEcdhKeyPair, hex, open, seal, sealContent } from '@sikka/protocol';
import { expect, test } from 'vitest';
import { derivePointPair } from '../src/keys.ts';
import { createRandom } from '../src/random.ts';
import { sealOnThisThread } from '../src/subtle.ts';

const random = createRandom('seals');
const bind = random.randomBytes(32);
const packet = random.randomBytes(300);
const pair = derivePointPair(random);
const key = { privateKey: pair.scalar, publicKey: pair.publicKey, bind };
const content = { key: random.randomBytes(32), iv: random.randomBytes(12) };

test('what WebCrypto seals opens on this thread, and the other way round', async () => {
  const before = await seal(packet, { ecdhKey: pair.publicKey, bind });
  const sealedContent = await sealContent(packet, content);
  // Last: a file's processes may run another file, which then seals on its thread too.
  const calls = { ...Object.getOwnPropertyDescriptors(crypto.subtle) };
  sealOnThisThread();
  try {
    expect(await open(before, key)).toEqual({ ok: true, value: packet });
    expect(hex(await sealContent(packet, content))).toBe(hex(sealedContent));
    const own = await generateEcdhKeyPair({ extractable: false });
    const ownKey = { ...own, bind };
    const there = await seal(packet, { ecdhKey: own.publicKey, bind });
    expect(await open(there, ownKey)).toEqual({ ok: true, value: packet });
    const flipped = there.with(-1, (there.at(-1) ?? 0) ^ 1);
    expect(await open(flipped, ownKey)).toMatchObject({ ok: false, code: 'sealed/open_failed' });
    expect(await open(there, { ...ownKey, bind: packet.slice(0, 32) })).toMatchObject({
      ok: false,
      code: 'sealed/open_failed',
    });
    const after = await seal(packet, { ecdhKey: pair.publicKey, bind });
    restore(calls);
    expect(await open(after, key)).toEqual({ ok: true, value: packet });
  } finally {
    restore(calls);
  }
});

/** WebCrypto's own calls are the prototype's. */
function restore(calls: Readonly<Record<string, PropertyDescriptor>>): void {
  for (const name of Object.getOwnPropertyNames(crypto.subtle)) {
    if (!(name in calls)) Reflect.deleteProperty(crypto.subtle, name);
  }
}
