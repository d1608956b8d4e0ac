import { encodePacket, hex, qrText, splitFrames } from '../../src/index.ts';
import { bytesOf } from '../support/keys.ts';
import { family, refused } from './case.ts';
import type { VectorRow } from './case.ts';

const SPEC = 'packets.md §3';
const MESSAGE = new Uint8Array(1_000).map((_, i) => bytesOf(`message ${i >> 5}`)[i & 31]!);
const FOREIGN = MESSAGE.toReversed();

const source = splitFrames(MESSAGE, { size: 300 });
const foreign = splitFrames(FOREIGN, { size: 300 });

function textOf(number: number, from = source): string {
  return qrText(encodePacket({ kind: 'frame', ...from.frame(number) }));
}

/** A frame whose data is not what its number says. */
function wrongText(number: number): string {
  const frame = source.frame(number);
  return qrText(encodePacket({ kind: 'frame', ...frame, data: frame.data.map((byte) => ~byte) }));
}

function joined(name: string, about: string, frames: readonly string[]): VectorRow {
  const expect = { ok: true, message: hex(MESSAGE) };
  return { case: name, spec: SPEC, about, input: { frames }, expect };
}

function discarded(
  name: string,
  about: string,
  frames: readonly string[],
  code: 'malformed' | 'frame/other_message' | 'frame/wrong_digest',
): VectorRow {
  return { case: name, spec: SPEC, about, input: { frames }, expect: refused(code) };
}

/** A last block whose bytes beyond the length are not zero: they are cut off unseen. */
function joinedPadding(): VectorRow {
  const last = source.frame(3);
  const data = last.data.with(299, 7);
  const text = qrText(encodePacket({ kind: 'frame', ...last, data }));
  const texts = [textOf(0), textOf(1), textOf(2), text];
  return joined('padding-not-zero', 'What is beyond the length is not looked at.', texts);
}

/** Frames that no encoder of ours makes, as QR text. */
function raw(items: string): string {
  return qrText(Uint8Array.from(Buffer.from(items, 'hex')));
}

export function frameVectors() {
  const digest = hex(source.frame(0).digest);
  return family('frames', [
    joined(
      'source-blocks',
      'All four source blocks, last first.',
      [3, 2, 1, 0].map((i) => textOf(i)),
    ),
    joined('any-four', 'Any k frames give the message back, source blocks lost.', [
      ...[17, 200, 2, 255].map((i) => textOf(i)),
    ]),
    joined('repeats-and-foreign', 'A repeated and a foreign frame change nothing.', [
      textOf(9),
      textOf(9),
      textOf(4, foreign),
      textOf(0),
      textOf(77),
      textOf(3),
    ]),
    discarded(
      'other-message',
      'A frame of another message is discarded.',
      [...[textOf(0), textOf(1, foreign)]],
      'frame/other_message',
    ),
    discarded(
      'wrong-data',
      'k frames, one of them altered: together not what they announce.',
      [...[textOf(0), textOf(1), textOf(2), wrongText(9)]],
      'frame/wrong_digest',
    ),
    discarded(
      'starts-over',
      'After a wrong digest all is forgotten: three good frames are too few.',
      [...[textOf(0), textOf(1), textOf(2), wrongText(3), textOf(0), textOf(1), textOf(2)]],
      'frame/wrong_digest',
    ),
    discarded(
      'first-of-a-number-counts',
      'The good block after the altered one changes nothing.',
      [...[wrongText(0), textOf(0), textOf(1), textOf(2), textOf(3)]],
      'frame/wrong_digest',
    ),
    discarded(
      'too-few',
      'One frame too few, and none discarded.',
      [textOf(0), textOf(1), textOf(77)],
      'malformed',
    ),
    discarded(
      'too-few-after-foreign',
      'The code of the last one discarded, whatever came after.',
      [textOf(0), textOf(1, foreign), textOf(2)],
      'frame/other_message',
    ),
    joinedPadding(),
    discarded(
      'length-0',
      'A message has at least a byte.',
      [raw(`860b48${digest}00010041aa`)],
      'malformed',
    ),
    discarded(
      'k-0',
      'A message has at least a block.',
      [raw(`860b48${digest}01000041aa`)],
      'malformed',
    ),
    discarded(
      'k-too-great',
      'Two blocks of one byte for a message of one.',
      [raw(`860b48${digest}01020041aa`)],
      'malformed',
    ),
    discarded(
      'k-129',
      '129 blocks of one byte.',
      [raw(`860b48${digest}188118810041aa`)],
      'malformed',
    ),
    discarded(
      'number-256',
      'Frames are numbered to 255.',
      [raw(`860b48${digest}010119010041aa`)],
      'malformed',
    ),
    discarded(
      'no-data',
      'A block has at least a byte.',
      [raw(`860b48${digest}01010040`)],
      'malformed',
    ),
    discarded(
      'short-digest',
      'A digest of seven bytes.',
      [raw(`860b47${digest.slice(2)}01010041aa`)],
      'malformed',
    ),
  ]);
}
