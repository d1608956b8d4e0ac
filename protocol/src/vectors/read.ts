import {
  decodePacket,
  decodePacketOfKind,
  equalBytes,
  fromHex,
  knownPayment,
  knownReturn,
  ProtocolError,
  SUITES,
  targetOf,
} from '../index.ts';
import type {
  Bulletin,
  IssuerKey,
  IssuerKeys,
  JudgeContext,
  KnownDocument,
  KnownReturn,
  Neighbours,
  Packet,
  Result,
  SigningKey,
  Suite,
  Target,
} from '../index.ts';
import type { Json, JsonObject } from './json.ts';

/** Readers of the JSON that spec/vectors.md describes; a file that does not fit throws. */

/** The error for an input that spec/vectors.md does not describe: the file is wrong, not us. */
export function unreadable(detail: string): ProtocolError {
  return new ProtocolError('malformed', detail);
}

export function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw unreadable('a text was expected');
  return value;
}

export function bytes(value: Json | undefined): Uint8Array {
  return fromHex(text(value));
}

export function number(value: Json | undefined): number {
  if (typeof value !== 'number') throw unreadable('a number was expected');
  return value;
}

export function list(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw unreadable('an array was expected');
  return value as readonly Json[];
}

export function object(value: Json | undefined): JsonObject {
  if (typeof value !== 'object' || Array.isArray(value)) throw unreadable('an object was expected');
  return value as JsonObject;
}

export function optional<T>(value: Json | undefined, read: (value: Json) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

export function issuers(value: Json | undefined): IssuerKeys {
  const keys = list(value).map((each): IssuerKey => {
    const key = object(each);
    return { number: number(key['number']), ...signingKey(key) };
  });
  return new Map(keys.map((key) => [key.number, key]));
}

export function signingKey(value: Json | undefined): SigningKey {
  const key = object(value);
  return { suite: suite(key['suite']), publicKey: bytes(key['publicKey']) };
}

export function suite(value: Json | undefined): Suite {
  const name = text(value);
  const found = SUITES.find((each) => each === name);
  if (found === undefined) throw unreadable(`no suite ${name}`);
  return found;
}

/** A packet that the vector's own input is made of, so it has to be good. */
function good<T>(result: Result<T>): T {
  if (!result.ok) throw unreadable(`${result.code}: ${result.detail}`);
  return result.value;
}

export function bulletin(value: Json): Bulletin {
  const packet = good(decodePacketOfKind('document', bytes(value)));
  if (packet.document.fields.type !== 'bulletin') throw unreadable('a bulletin was expected');
  return packet.document.fields;
}

function target(value: Json | undefined, paidBy: Uint8Array | undefined): Target {
  const packet: Packet = good(decodePacket(bytes(value)));
  if (packet.kind !== 'request' && packet.kind !== 'printed-code') {
    throw unreadable('a request or printed code was expected');
  }
  return { ...targetOf(packet), paidBy };
}

function known(value: Json | undefined): Neighbours {
  const { answer, same, before, after, returned } = object(value ?? {});
  return {
    firstAnswer: answer,
    same: optional(same, knownOfPacket),
    before: optional(before, knownOfPacket),
    after: optional(after, knownOfPacket),
    returned: optional(returned, knownReturnOfPacket),
  };
}

function knownOfPacket(value: Json): KnownDocument {
  const { payment, paymentId } = good(decodePacketOfKind('payment', bytes(value)));
  return knownPayment(payment.fields, paymentId);
}

function knownReturnOfPacket(value: Json): KnownReturn {
  const packet = good(decodePacketOfKind('return', bytes(value)));
  return knownReturn(packet.return.fields, packet.returnId);
}

/** The judge's context as spec/vectors.md writes it. */
export function context(value: Json | undefined): JudgeContext {
  const from = object(value);
  const as = text(from['as']);
  switch (as) {
    case 'payer':
    case 'payee': {
      const supported = optional(from['supportedVersion'], number);
      return {
        as,
        target: target(from['target'], optional(from['paidBy'], bytes)),
        bankTime: number(from['bankTime']),
        bulletin: optional(from['bulletin'], bulletin),
        ...(supported === undefined ? {} : { supportedVersion: supported }),
        known: known(from['known']),
      };
    }
    case 'bank':
      return {
        as,
        allowanceKnown: from['allowanceKnown'] === true,
        payee: optional(from['payeeCurrency'], (currency) => ({ currency: number(currency) })),
        receivedAt: number(from['receivedAt']),
        known: known(from['known']),
      };
    case 'observer':
      return { as, known: known(from['known']) };
    default:
      throw unreadable(`no context ${as}`);
  }
}

/** The packet of the known document with that id, for the proof that a refusal comes with. */
export function knownPacket(value: Json | undefined, id: Uint8Array): Packet {
  const { same, before, after, returned } = object(object(value)['known'] ?? {});
  for (const each of [same, before, after, returned]) {
    if (each === undefined) continue;
    const packet = good(decodePacket(bytes(each)));
    const found = packet.kind === 'payment' ? packet.paymentId : undefined;
    const ofReturn = packet.kind === 'return' ? packet.returnId : found;
    if (ofReturn !== undefined && equalBytes(ofReturn, id)) return packet;
  }
  throw unreadable('the verdict names a document that nobody knows');
}
