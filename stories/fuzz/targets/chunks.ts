import {
  createChunkReceiver,
  cutChunks,
  decodeCbor,
  encodeCbor,
  fromHex,
  startsMessage,
  utf8,
} from '@sikka/protocol';
import { inputsOf } from '../seeds.ts';
import { requireThat } from '../target.ts';
import type { Target } from '../target.ts';

const MAX_BYTES = 40_000;
const CODES = new Set(['malformed', 'too_large', 'chunk/out_of_order', 'chunk/wrong_digest']);

function written(chunks: readonly Uint8Array[]): Uint8Array {
  return encodeCbor([...chunks]);
}

/** What comes over a link to a till, spec/bluetooth.md: a message whole, or nothing of it. */
export const CHUNK_TARGETS: readonly Target[] = [
  {
    name: 'chunks',
    shape: 'cbor',
    seeds: () => [
      written(cutChunks(utf8('a message '.repeat(60)), { size: 100 })),
      written([Uint8Array.of(7), utf8('two')].flatMap((each) => cutChunks(each, { size: 20 }))),
      ...inputsOf('chunks').map(({ chunks }) => written((chunks as string[]).map(fromHex))),
    ],
    maxBytes: MAX_BYTES,
    read: (input) => {
      const decoded = decodeCbor(input, { maxBytes: MAX_BYTES });
      const parts = (decoded.ok && Array.isArray(decoded.value) ? decoded.value : []) as unknown[];
      const receiver = createChunkReceiver();
      const said = new Set<string>();
      let first: Uint8Array | undefined;
      for (const chunk of parts) {
        if (!(chunk instanceof Uint8Array)) continue;
        if (chunk[0] === 0 && chunk[1] === 0) first = chunk;
        const progress = receiver.add(chunk);
        if (progress.state === 'discarded') {
          requireThat(CODES.has(progress.code), `a code of the list, not ${progress.code}`);
        }
        said.add(progress.state === 'discarded' ? progress.code : progress.state);
        if (progress.state !== 'done') continue;
        const { message } = progress;
        const isAnnounced = first !== undefined && startsMessage(first, message);
        requireThat(isAnnounced, 'a message is what its first chunk announced');
      }
      return [...said].toSorted().join(' ');
    },
  },
];
