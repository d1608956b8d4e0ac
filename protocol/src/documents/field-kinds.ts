import { utf8 } from '../bytes.ts';
import type { CborValue } from '../cbor.ts';
import { checkName, checkTown, isWalletNumber } from '../identifiers/index.ts';
import { MAX_AMOUNT_MINOR, MAX_COUNTER, MAX_TIME } from '../limits.ts';
import { decompressPoint } from '../point.ts';
import { publicKeyLength, suiteNumber, suiteOf } from '../suites/suite.ts';
import type { Suite } from '../suites/suite.ts';
import type { Mode, PolicyEpoch, PublishedIssuerKey, Role } from './types.ts';

/** What a kind answers instead of a value; never a value itself, as undefined can be one. */
export const REFUSED = Symbol('refused');
export const UNKNOWN_SUITE = Symbol('unknown suite');
export type Refused = typeof REFUSED | typeof UNKNOWN_SUITE;

function isRefused<T>(read: T | Refused): read is Refused {
  return read === REFUSED || read === UNKNOWN_SUITE;
}

/** The fields read so far: a key's length depends on the suite before it. */
export type Before = Readonly<Record<string, unknown>>;

/** How one field stands in a payload (spec/documents.md §2), and which values it may have. */
export interface FieldKind<T> {
  readonly read: (value: CborValue, before: Before) => T | Refused;
  readonly write: (value: T) => CborValue;
}

/** Kinds in payload order: a document's fields, or one entry of an array in it. */
export type FieldKinds<T> = { readonly [K in keyof T]-?: FieldKind<T[K]> };

/** An unsigned integer in a range, both ends included. */
export function uint(least = 0, greatest: number = Number.MAX_SAFE_INTEGER): FieldKind<number> {
  return {
    read: (value) =>
      typeof value === 'number' && value >= least && value <= greatest ? value : REFUSED,
    write: (value) => value,
  };
}

/** Money in minor units, 0 … 2^53 − 1 (spec/identifiers.md). */
export const amount: FieldKind<bigint> = {
  // The decoder gives numbers for all integers below 2^53, and bigints only above.
  read: (value) => (typeof value === 'number' ? BigInt(value) : REFUSED),
  write: writeAmount,
};

/** Money that has to be there: 1 … 2^53 − 1. */
export const positiveAmount: FieldKind<bigint> = {
  read: (value) => (typeof value === 'number' && value > 0 ? BigInt(value) : REFUSED),
  write: writeAmount,
};

/** The amount of a request, where 0 stands for "the payer chooses". */
export const openAmount: FieldKind<bigint | undefined> = {
  read: (value) => {
    if (typeof value !== 'number') return REFUSED;
    return value === 0 ? undefined : BigInt(value);
  },
  write: (value) => (value === undefined ? 0 : writeAmount(value)),
};

function writeAmount(value: bigint): CborValue {
  return value <= MAX_AMOUNT_MINOR ? Number(value) : value;
}

/** A byte string of one length. */
export function bytes(length: number): FieldKind<Uint8Array> {
  return {
    read: (value) => (value instanceof Uint8Array && value.length === length ? value : REFUSED),
    write: (value) => value,
  };
}

/** The id of a document, or another SHA-256. */
export const id = bytes(32);

/** A compressed P-256 point that is on the curve. */
export const ecdhKey: FieldKind<Uint8Array> = {
  read: (value) => (value instanceof Uint8Array && isPoint(value) ? value : REFUSED),
  write: (value) => value,
};

/** A compressed P-256 point, or nothing: the empty byte string. */
export const optionalEcdhKey: FieldKind<Uint8Array | undefined> = {
  read: (value) => {
    if (!(value instanceof Uint8Array)) return REFUSED;
    if (value.length === 0) return undefined;
    return isPoint(value) ? value : REFUSED;
  },
  write: (value) => value ?? new Uint8Array(0),
};

function isPoint(value: Uint8Array): boolean {
  return value.length === 33 && decompressPoint(value) !== undefined;
}

/** A text of 1 to `maxBytes` bytes of UTF-8. */
export function text(maxBytes: number): FieldKind<string> {
  return {
    read: (value) => {
      if (typeof value !== 'string' || value === '') return REFUSED;
      return utf8(value).length <= maxBytes ? value : REFUSED;
    },
    write: (value) => value,
  };
}

/** A text that one of the rules of spec/identifiers.md allows. */
function checkedText(check: (text: string) => { readonly ok: boolean }): FieldKind<string> {
  return {
    read: (value) => (typeof value === 'string' && check(value).ok ? value : REFUSED),
    write: (value) => value,
  };
}

export const name = checkedText(checkName);
export const town = checkedText(checkTown);

export const wallet: FieldKind<number> = {
  read: (value) => (typeof value === 'number' && isWalletNumber(value) ? value : REFUSED),
  write: (value) => value,
};

/** Numbers that count one by one: sequences, versions, epochs. */
export const counter = uint(0, MAX_COUNTER);
export const countFromOne = uint(1, MAX_COUNTER);
export const currency = uint(1, 999);
export const time = uint(0, MAX_TIME);
export const issuerKeyNumber = uint(1, 65_535);

export const suite: FieldKind<Suite> = {
  read: (value) => {
    if (typeof value !== 'number') return typeof value === 'bigint' ? UNKNOWN_SUITE : REFUSED;
    return suiteOf(value) ?? UNKNOWN_SUITE;
  },
  write: (value) => suiteNumber(value),
};

/** A public key of the length that the suite just before it asks for. */
export const publicKey: FieldKind<Uint8Array> = {
  read: (value, before) => {
    if (!(value instanceof Uint8Array)) return REFUSED;
    return value.length === publicKeyLength(before['suite'] as Suite) ? value : REFUSED;
  },
  write: (value) => value,
};

/** A number that stands for one of a few words. */
function word<T extends string>(words: readonly (readonly [number, T])[]): FieldKind<T> {
  const byNumber = new Map(words);
  const byWord = new Map(words.map(([number, name]) => [name, number]));
  return {
    read: (value) => (typeof value === 'number' ? (byNumber.get(value) ?? REFUSED) : REFUSED),
    // Writing a word that is not there is refused when what was written is read again.
    write: (value) => byWord.get(value) ?? 0,
  };
}

export const role = word<Role>([
  [1, 'payer'],
  [2, 'payee'],
  [3, 'both'],
]);
export const mode = word<Mode>([
  [1, 'dynamic'],
  [2, 'static'],
]);
export const dynamicMode = word<'dynamic'>([[1, 'dynamic']]);
export const acceptedVerdict = word<'accepted'>([[1, 'accepted']]);

/** An array of any length; the limit on the payload bounds it. */
export function list<T>(kind: FieldKind<T>): FieldKind<readonly T[]> {
  return {
    read: (value) => {
      if (!Array.isArray(value)) return REFUSED;
      const read: T[] = [];
      for (const item of value as readonly CborValue[]) {
        const got = kind.read(item, {});
        if (isRefused(got)) return got;
        read.push(got);
      }
      return read;
    },
    write: (value) => value.map((item) => kind.write(item)),
  };
}

/**
 * An array whose items of an unknown suite are left out: whoever does not know a suite yet still
 * has to hear what the rest says. What comes after such a suite in its item is not looked at.
 */
export function knownSuites<T>(kind: FieldKind<T>): FieldKind<readonly T[]> {
  const either: FieldKind<T | undefined> = {
    read: (value) => {
      const got = kind.read(value, {});
      return got === UNKNOWN_SUITE ? undefined : got;
    },
    write: (value) => (value === undefined ? [] : kind.write(value)),
  };
  const { read, write } = list(either);
  return {
    read: (value, before) => {
      const got = read(value, before);
      return isRefused(got) ? got : got.filter((item) => item !== undefined);
    },
    write,
  };
}

/** An array with one item for each field, in order. */
function entry<T extends object>(kinds: FieldKinds<T>): FieldKind<T> {
  const columns = columnsOf(kinds);
  return {
    read: (value) => {
      if (!Array.isArray(value)) return REFUSED;
      const fields = {};
      const stopped = readFields(
        columns,
        { values: value as readonly CborValue[], from: 0 },
        fields,
      );
      return stopped === undefined ? (fields as T) : stopped.refused;
    },
    write: (value) => writeFields(columns, value),
  };
}

/** Names and kinds side by side: walking an object's keys costs as much as all the rest. */
export interface Columns {
  readonly names: readonly string[];
  readonly kinds: readonly FieldKind<unknown>[];
}

export function columnsOf<T extends object>(kinds: FieldKinds<T>): Columns {
  return { names: Object.keys(kinds), kinds: Object.values(kinds) };
}

export interface Values {
  readonly values: readonly CborValue[];
  /** Index of the first field among them. */
  readonly from: number;
}

/** Where reading stopped, and why. */
export interface Stopped {
  readonly refused: Refused;
  readonly field: string;
}

/** Reads the values into `fields`, each by its kind, in order. Undefined once all are read. */
export function readFields(
  { names, kinds }: Columns,
  { values, from }: Values,
  fields: Record<string, unknown>,
): Stopped | undefined {
  if (values.length - from !== names.length) {
    return { refused: REFUSED, field: 'the number of fields' };
  }
  for (let i = 0; i < names.length; i++) {
    const field = names[i] as string;
    const read = (kinds[i] as FieldKind<unknown>).read(values[from + i] as CborValue, fields);
    if (isRefused(read)) return { refused: read, field };
    fields[field] = read;
  }
  return undefined;
}

export function writeFields({ names, kinds }: Columns, fields: object): CborValue[] {
  const values = fields as Readonly<Record<string, unknown>>;
  return names.map((name, i) => (kinds[i] as FieldKind<unknown>).write(values[name]));
}

export const publishedIssuerKey = entry<PublishedIssuerKey>({
  number: issuerKeyNumber,
  suite,
  publicKey,
  from: time,
  until: time,
});
export const policyEpoch = entry<PolicyEpoch>({ currency, epoch: counter });
