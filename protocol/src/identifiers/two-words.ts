import { ProtocolError } from '../errors.ts';
import { WORD_LIST } from './word-list.ts';

/**
 * The two words of a payment id, for two customers to tell their payments apart
 * (spec/identifiers.md). 22 bits: they prove nothing.
 * @throws ProtocolError `malformed` for an id that is not 32 bytes.
 */
export function twoWords(paymentId: Uint8Array): readonly [string, string] {
  const [first = '', second = ''] = twoWordIndices(paymentId).map((index) => WORD_LIST[index]);
  return [first, second];
}

/**
 * Where the two words are in the list of every language, each 0 to 2,047 (spec/identifiers.md).
 * @throws ProtocolError `malformed` for an id that is not 32 bytes.
 */
export function twoWordIndices(paymentId: Uint8Array): readonly [number, number] {
  if (paymentId.length !== 32) throw new ProtocolError('malformed', 'an id has 32 bytes');
  const [a = 0, b = 0, c = 0] = paymentId;
  return [(a << 3) | (b >> 5), ((b & 0x1f) << 6) | (c >> 2)];
}
