import { family, refused } from './case.ts';
import type { Json, VectorRow } from './case.ts';

type Decoded = readonly [name: string, bytes: string, value: { readonly [kind: string]: Json }];
type Refusal = readonly [name: string, bytes: string, about: string];

const DECODED: readonly Decoded[] = [
  ['uint-0', '00', { uint: '0' }],
  ['uint-23', '17', { uint: '23' }],
  ['uint-24', '1818', { uint: '24' }],
  ['uint-256', '190100', { uint: '256' }],
  ['uint-2-32', '1b0000000100000000', { uint: '4294967296' }],
  ['uint-2-53-plus-1', '1b0020000000000001', { uint: '9007199254740993' }],
  ['uint-greatest', '1b7fffffffffffffff', { uint: '9223372036854775807' }],
  ['bytes-empty', '40', { bytes: '' }],
  ['bytes', '430102ff', { bytes: '0102ff' }],
  ['bytes-24', `5818${'ab'.repeat(24)}`, { bytes: 'ab'.repeat(24) }],
  ['text-ascii', '6553696b6b61', { text: 'Sikka' }],
  ['text-urdu', '66d8b3daa9db81', { text: 'سکہ' }],
  ['text-unassigned', '62cdb8', { text: '\u0378' }],
  ['bool', 'f5', { bool: true }],
  ['array', '830140f4', { array: [{ uint: '1' }, { bytes: '' }, { bool: false }] }],
  ['array-eight-deep', '818181818181818100', deep(8)],
];

function deep(levels: number): { readonly [kind: string]: Json } {
  return levels === 0 ? { uint: '0' } : { array: [deep(levels - 1)] };
}

const NOT_CANONICAL: readonly Refusal[] = [
  ['uint-23-in-two-bytes', '1817', 'A value below 24 fits the head.'],
  ['uint-255-in-three-bytes', '1900ff', 'One byte is enough.'],
  ['uint-65535-in-five-bytes', '1a0000ffff', 'Two bytes are enough.'],
  ['uint-2-32-minus-1-in-nine-bytes', '1b00000000ffffffff', 'Four bytes are enough.'],
  ['uint-2-63', '1b8000000000000000', 'Integers end at 2^63 − 1.'],
  ['uint-2-64-minus-1', '1bffffffffffffffff', 'Integers end at 2^63 − 1.'],
  ['bytes-long-length', '580101', 'A length in two bytes that fits one.'],
  ['text-long-length', '79000161', 'A length in three bytes that fits one.'],
  ['array-long-length', '980100', 'A count in two bytes that fits one.'],
  ['negative', '20', 'The profile has no negative integers.'],
  ['map-empty', 'a0', 'The profile has no maps.'],
  ['map', 'a10102', 'The profile has no maps.'],
  ['tag', 'c000', 'The profile has no tags.'],
  ['bignum', 'c24101', 'The profile has no tags, big numbers among them.'],
  ['null', 'f6', 'The profile has no null.'],
  ['undefined', 'f7', 'The profile has no undefined.'],
  ['simple', 'e0', 'Of the simple values only false and true.'],
  ['simple-two-bytes', 'f8ff', 'Of the simple values only false and true.'],
  ['float-half', 'f93c00', 'The profile has no floats.'],
  ['float-single', 'fa3f800000', 'The profile has no floats.'],
  ['float-double', 'fb3ff0000000000000', 'The profile has no floats.'],
  ['float-nan', 'f97e00', 'The profile has no floats.'],
  ['bytes-indefinite', '5f4101ff', 'The profile has definite lengths only.'],
  ['text-indefinite', '7f6161ff', 'The profile has definite lengths only.'],
  ['array-indefinite', '9f00ff', 'The profile has definite lengths only.'],
  ['text-nfd', '6365cc81', 'The letter é in two characters: text is NFC.'],
  ['text-compatibility-nfc', '63e284ab', 'The Ångström sign becomes Å in NFC.'],
];

const MALFORMED: readonly Refusal[] = [
  ['empty', '', 'No item at all.'],
  ['two-items', '0000', 'Bytes after the one item.'],
  ['uint-cut', '19ff', 'The input ends inside a head.'],
  ['bytes-cut', '430102', 'The input ends inside a byte string.'],
  ['array-cut', '8200', 'The input ends inside an array.'],
  ['array-huge', '9b7fffffffffffffff', 'A count beyond the input.'],
  ['bytes-huge', '5b7fffffffffffffff', 'A length beyond the input.'],
  ['reserved-28', '1c', 'Additional information 28 is reserved.'],
  ['reserved-30', '9e', 'Additional information 30 is reserved.'],
  ['break-alone', 'ff', 'A break outside an indefinite length.'],
  ['simple-20-in-two-bytes', 'f814', 'A simple value below 32 in two bytes is not CBOR.'],
  ['text-bad-start', '61ff', 'Not UTF-8.'],
  ['text-overlong', '62c080', 'An overlong form is not UTF-8.'],
  ['text-surrogate', '63eda080', 'A surrogate is not UTF-8.'],
  ['text-newline', '610a', 'A control character.'],
  ['text-nul', '6100', 'A control character.'],
  ['text-right-to-left-override', '63e280ae', 'A format character that reorders what is read.'],
  ['text-zero-width-joiner', '63e2808d', 'A format character that shows nothing.'],
  ['text-private-use', '63ee8080', 'A private use character.'],
  ['text-line-separator', '63e280a8', 'A line separator.'],
  ['nine-deep', '81818181818181818100', 'Nine arrays inside one another.'],
  ['tag-then-rest', 'c00000', 'Outside the profile, and bytes after it: malformed comes first.'],
];

function row([name, bytes, about]: Refusal, code: 'malformed' | 'not_canonical'): VectorRow {
  const spec = code === 'malformed' ? 'encoding.md §2' : 'encoding.md §1';
  return { case: name, spec, about, input: { bytes }, expect: refused(code) };
}

export const encodingVectors = family('encoding', [
  ...DECODED.map(([name, bytes, value]): VectorRow => {
    const about = 'One item of the profile.';
    return {
      case: name,
      spec: 'encoding.md §1',
      about,
      input: { bytes },
      expect: { ok: true, value },
    };
  }),
  ...NOT_CANONICAL.map((each) => row(each, 'not_canonical')),
  ...MALFORMED.map((each) => row(each, 'malformed')),
  {
    case: 'too-long',
    spec: 'encoding.md §3',
    about: 'One byte more than a packet may have; not looked at.',
    input: { bytes: `590ffe${'00'.repeat(4_094)}` },
    expect: refused('too_large'),
  },
]);
