import { cutChunks, hex } from '../../src/index.ts';
import type { ProtocolCode } from '../../src/index.ts';
import { bytesOf } from '../support/keys.ts';
import { family, refused } from './case.ts';
import type { VectorRow } from './case.ts';

const SPEC = 'bluetooth.md §3';
const MESSAGE = new Uint8Array(100).map((_, i) => bytesOf(`message ${i >> 5}`)[i & 31]!);

/** Of 28, 38 and 34 bytes of data. */
const chunks = cutChunks(MESSAGE, { size: 40 });
const [first, second, third] = chunks as [Uint8Array, Uint8Array, Uint8Array];
const foreign = cutChunks(MESSAGE.toReversed(), { size: 40 });

function row(
  name: string,
  about: string,
  given: readonly Uint8Array[],
  expect: VectorRow['expect'],
): VectorRow {
  return { case: name, spec: SPEC, about, input: { chunks: given.map(hex) }, expect };
}

function joined(name: string, about: string, given: readonly Uint8Array[], message = MESSAGE) {
  return row(name, about, given, { ok: true, message: hex(message) });
}

function discarded(
  name: string,
  about: string,
  given: readonly Uint8Array[],
  code: ProtocolCode,
): VectorRow {
  return row(name, about, given, refused(code));
}

/** Chunk 0 with another length written on it. */
function saying(length: number): Uint8Array {
  return first.with(2, length >> 8).with(3, length & 0xff);
}

const small = MESSAGE.subarray(0, 8);
const [whole] = cutChunks(small, { size: 20 }) as [Uint8Array];

export function chunkVectors() {
  return family('chunks', [
    joined('three-in-order', 'Three chunks of 40, 40 and 36 bytes.', chunks),
    joined('one', 'A message that fits into one chunk of 20 bytes.', [whole], small),
    joined('begins-again', 'A number 0 begins anew, whatever stood before it.', [
      foreign[0]!,
      foreign[1]!,
      first,
      second,
      third,
    ]),
    ...ofOrder(),
    ...ofLength(),
    discarded(
      'wrong-data',
      'The data is not what its digest says; then too few.',
      [first, second.with(9, second[9]! ^ 1), third, first],
      'chunk/wrong_digest',
    ),
    discarded(
      'wrong-digest',
      'The digest is not of the data.',
      [first.with(4, first[4]! ^ 1), second, third],
      'chunk/wrong_digest',
    ),
  ]);
}

function ofOrder(): readonly VectorRow[] {
  const code = 'chunk/out_of_order';
  return [
    discarded('swapped', 'The third before the second.', [first, third, second], code),
    discarded('repeated', 'The second twice.', [first, second, second, third], code),
    discarded('lost', 'The second is lost.', [first, third], code),
    discarded('no-beginning', 'The first is lost.', [second, third], code),
  ];
}

function ofLength(): readonly VectorRow[] {
  const code = 'malformed';
  return [
    discarded('empty', 'No bytes at all.', [new Uint8Array(0)], code),
    discarded('number-only', 'A number and no data.', [first, second.subarray(0, 2)], code),
    discarded('head-only', 'Number 0 without data.', [first.subarray(0, 12)], code),
    discarded('length-0', 'A message has at least a byte.', [saying(0)], code),
    discarded('length-less', 'More data than the length says.', [saying(27)], code),
    discarded('length-4225', 'No packet is so long.', [saying(4_225)], 'too_large'),
    discarded('length-65535', 'The longest that can be written.', [saying(65_535)], 'too_large'),
    discarded('first-short', 'Number 0 of 19 bytes, and more to come.', [short()], code),
    discarded('middle-short', 'A chunk before the last that is shorter.', [first, cut(1)], code),
    discarded('last-long', 'A byte after the end.', [first, second, longer(third)], code),
    discarded('last-short', 'The last lacks a byte.', [first, second, third.subarray(0, 35)], code),
    discarded('too-few', 'The last is not there.', [first, second], code),
  ];
}

const short = () => first.subarray(0, 19);
const cut = (bytes: number) => second.subarray(0, second.length - bytes);
const longer = (chunk: Uint8Array) => Uint8Array.of(...chunk, 0);
