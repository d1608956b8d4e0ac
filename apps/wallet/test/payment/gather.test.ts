import { encodePacket, qrText, splitFrames } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { createGatherer } from '../../src/screens/scanner/gather.ts';

const message = (seed: number) => Uint8Array.from({ length: 700 }, (_, at) => (at * seed) & 0xff);

/** The message as texts of codes that play one after another. */
function parts(of: Uint8Array, count: number): readonly string[] {
  const source = splitFrames(of, { size: 120 });
  return Array.from({ length: count }, (_, number) =>
    qrText(encodePacket({ kind: 'frame', ...source.frame(number) })),
  );
}

describe('what the camera sees', () => {
  it.each([
    ['no code of ours', 'https://example.com'],
    ['one that is damaged', 'SK1:+++'],
    ['nothing', ''],
  ])('is given on as it is where it is %s', (_, text) => {
    expect(createGatherer().add(text)).toEqual({ kind: 'whole', given: text });
  });

  it('is put together from parts, whichever are missed, whichever come twice', () => {
    const gatherer = createGatherer();
    const [first = '', , third = '', fourth = '', fifth = '', sixth = '', seventh = ''] = parts(
      message(7),
      8,
    );
    expect(gatherer.add(first)).toEqual({ kind: 'part', have: 1, of: 6 });
    expect(gatherer.add(first)).toEqual({ kind: 'part', have: 1, of: 6 });
    for (const text of [third, fourth, fifth, sixth]) gatherer.add(text);
    expect(gatherer.add(seventh)).toEqual({ kind: 'whole', given: message(7) });
  });

  it('begins anew where a part is of another message', () => {
    const gatherer = createGatherer();
    for (const text of parts(message(7), 5)) gatherer.add(text);
    const [other = '', ...more] = parts(message(11), 6);
    expect(gatherer.add(other)).toEqual({ kind: 'nothing' });
    expect([other, ...more].map((text) => gatherer.add(text).kind)).toEqual([
      ...Array<string>(5).fill('part'),
      'whole',
    ]);
  });
});
