import { decodeCbor, fromHex, hex, MAX_BULLETIN_PACKET_BYTES, utf8 } from '@sikka/protocol';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Input = Readonly<Record<string, unknown>>;

const vectors = join(import.meta.dirname, '../../vectors');
const kept = new Map<string, readonly Input[]>();

/** What the vectors of a family ask, spec/vectors.md: read where they are, not copied. */
export function inputsOf(family: string): readonly Input[] {
  const folder = join(vectors, family);
  const inputs =
    kept.get(family) ??
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { input: Input })
      .map(({ input }) => input);
  kept.set(family, inputs);
  return inputs;
}

/** Bytes that vectors hold in hex under that key. */
export function bytesUnder(family: string, key: string): readonly Uint8Array[] {
  return inputsOf(family)
    .map((input) => input[key])
    .filter((value) => typeof value === 'string')
    .map(fromHex);
}

export function textsUnder(family: string, key: string): readonly Uint8Array[] {
  return inputsOf(family)
    .map((input) => input[key])
    .filter((value) => typeof value === 'string')
    .map((text) => utf8(text));
}

/** Packets of every kind, good and bad. */
export function packets(): readonly Uint8Array[] {
  const found = ['packets', 'documents', 'judge', 'proofs', 'targets', 'log', 'sealing'].flatMap(
    (family) => ['bytes', 'packet', 'sealed'].flatMap((key) => bytesUnder(family, key)),
  );
  return [...new Map(found.map((bytes) => [hex(bytes), bytes])).values()];
}

/** The signed documents of a packet as it carries them; none for what is no array. */
export function documentsIn(
  packet: Uint8Array,
): readonly { readonly payload: Uint8Array; readonly signature: Uint8Array; suite: number }[] {
  const decoded = decodeCbor(packet, { maxBytes: MAX_BULLETIN_PACKET_BYTES });
  const items = (decoded.ok && Array.isArray(decoded.value) ? decoded.value : []) as unknown[];
  const found: { payload: Uint8Array; signature: Uint8Array; suite: number }[] = [];
  items.forEach((suite, at) => {
    const [payload, signature] = items.slice(at + 1, at + 3);
    if (typeof suite !== 'number' || !(payload instanceof Uint8Array)) return;
    if (signature instanceof Uint8Array) found.push({ suite, payload, signature });
  });
  return found;
}
