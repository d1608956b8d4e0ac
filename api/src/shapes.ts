import type { TSchema } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { LIMITS } from './limits.ts';

/** The shapes that several routes share, as they are on the wire. */

export const Amount = Type.String({
  title: 'Amount',
  description: 'Decimal text in major units, exact at the currency’s minor unit.',
  pattern: '^(0|[1-9][0-9]{0,15})(\\.[0-9]{1,4})?$',
  maxLength: 21,
  examples: ['500.00'],
});

/**
 * An amount as older clients send it: more zeros than the currency has minor digits are taken.
 * In a member that `amounts` names, also the text of a JSON number.
 */
export const LooseAmount = Type.String({
  title: 'LooseAmount',
  description: 'Decimal text in major units, exact at the currency’s minor unit.',
  pattern: '^(0|[1-9][0-9]{0,15})(\\.[0-9]{1,9})?$',
  maxLength: 26,
  examples: ['500.0'],
});

export const CurrencyCode = Type.String({
  title: 'CurrencyCode',
  description: 'ISO 4217.',
  pattern: '^[A-Z]{3}$',
  examples: ['PKR'],
});

/** spec/identifiers.md: 12 digits, so a JSON-safe integer. The check digit is checked inside. */
export const WalletNumber = Type.Integer({
  title: 'WalletNumber',
  minimum: 100_000_000_000,
  maximum: 999_999_999_999,
  examples: [100_000_000_008],
});

/** A document's, packet's or log's 32 bytes, as `sha256sum` prints them. */
export const Id = Type.String({
  title: 'Id',
  description: '32 bytes, lower-case hex.',
  pattern: '^[0-9a-f]{64}$',
  examples: ['ab'.repeat(32)],
});

export const PacketText = Type.String({
  title: 'Packet',
  description: 'A packet (spec/packets.md), base64url without padding.',
  pattern: '^[A-Za-z0-9_-]+$',
  maxLength: LIMITS.packetCharacters,
});

/** As a packet; a bulletin is longer than the others. */
export const AnswerPacket = Type.String({
  title: 'AnswerPacket',
  description: 'A packet (spec/packets.md) by the bank, base64url without padding.',
  pattern: '^[A-Za-z0-9_-]+$',
});

export const Bytes32 = Type.String({
  title: 'Bytes32',
  description: '32 bytes, base64url without padding.',
  pattern: '^[A-Za-z0-9_-]{43}$',
  examples: ['A'.repeat(43)],
});

export const Point = Type.String({
  title: 'Point',
  description: 'A compressed P-256 point of 33 bytes, base64url without padding.',
  pattern: '^[A-Za-z0-9_-]{44}$',
});

export const Timestamp = Type.String({
  title: 'Timestamp',
  description: 'RFC 3339 in UTC.',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z$',
  examples: ['2026-11-20T10:00:00.000Z'],
});

/** A time inside a signed document (spec/identifiers.md). */
export const Seconds = Type.Integer({
  title: 'Seconds',
  description: 'Whole seconds since 1970-01-01T00:00:00Z, as in documents.',
  minimum: 0,
  examples: [1_795_000_000],
});

/** One of a closed list of words. */
export function OneOf<const W extends readonly string[]>(words: W, title?: string) {
  // A pattern beside the list: what only reads JSON Schema's `enum` and what does not, agree.
  const pattern = `^(${words.join('|')})$`;
  const options = { enum: [...words], pattern, ...(title === undefined ? {} : { title }) };
  return Type.Unsafe<W[number]>(Type.String(options));
}

export const SuiteName = OneOf(['ES256', 'EdDSA', 'PS256'], 'Suite');

/** A whole number in a path or a query, where everything is text and nothing is coerced. */
export const NumberText = Type.String({
  title: 'NumberText',
  pattern: '^(0|[1-9][0-9]{0,14})$',
  maxLength: 15,
});

export const WalletNumberText = Type.String({ pattern: '^[1-9][0-9]{11}$', maxLength: 12 });

export const PageSize = Type.String({
  description: `Rows, 1 to ${LIMITS.pageRows}.`,
  pattern: '^([1-9]|[1-9][0-9]|100)$',
  maxLength: 3,
});

export function Nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/** A request's object: what it does not name is refused, never ignored. */
export function Closed<P extends Readonly<Record<string, TSchema>>>(properties: P, title?: string) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(title === undefined ? {} : { title }),
  });
}

/** An object of an older client's: members that are not named here are taken and ignored. */
export function Open<P extends Readonly<Record<string, TSchema>>>(properties: P, title?: string) {
  return Type.Object(properties, title === undefined ? {} : { title });
}
