import { ProtocolError } from '../errors.ts';
import { WORD_LIST } from './word-list.ts';

/**
 * The two words of a payment id, for two customers to tell their payments apart
 * (spec/identifiers.md). 22 bits: they prove nothing.
 * @throws ProtocolError `malformed` for an id that is not 32 bytes.
 */
export function twoWords(paymentId: Uint8Array): readonly [string, string] {
  const [a = 0, b = 0, c = 0] = paymentId;
  const first = WORD_LIST[(a << 3) | (b >> 5)];
  const second = WORD_LIST[((b & 0x1f) << 6) | (c >> 2)];
  if (paymentId.length !== 32 || first === undefined || second === undefined) {
    throw new ProtocolError('malformed', 'an id has 32 bytes');
  }
  return [first, second];
}
