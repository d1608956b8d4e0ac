import type { CborValue, DocumentType, ProtocolCode } from '../../src/index.ts';
import { ecdhKeyOf } from '../support/keys.ts';

type Values = readonly CborValue[];

/** One way of spoiling a payload that is signed all the same. */
export interface Mutation {
  readonly name: string;
  readonly about: string;
  readonly code: ProtocolCode;
  readonly change: (values: Values) => Values;
}

const ANY: readonly Mutation[] = [
  {
    name: 'field-missing',
    about: 'The last field left out.',
    code: 'malformed',
    change: (values) => values.slice(0, -1),
  },
  {
    name: 'field-too-many',
    about: 'A field after the last.',
    code: 'malformed',
    change: (values) => [...values, 0],
  },
  {
    name: 'version-2',
    about: 'A version that this specification does not know, inside the signed bytes.',
    code: 'unknown_version',
    change: ([type = 0, , ...fields]) => [type, 2, ...fields],
  },
  {
    name: 'version-0',
    about: 'No version lower than 1.',
    code: 'unknown_version',
    change: ([type = 0, , ...fields]) => [type, 0, ...fields],
  },
  {
    name: 'type-99',
    about: 'A type number that the table does not have.',
    code: 'unknown_type',
    change: ([, ...rest]) => [99, ...rest],
  },
  {
    name: 'first-field-wrong',
    about: 'A boolean where the first field belongs.',
    code: 'malformed',
    change: ([type = 0, version = 0, , ...fields]) => [type, version, true, ...fields],
  },
];

/** Index of a field among the fields, its new value, what is wrong about it. */
type Change = readonly [
  name: string,
  index: number,
  value: CborValue | ((old: CborValue) => CborValue),
  about: string,
  code?: ProtocolCode,
];

const shorter = (old: CborValue): CborValue => (old as Uint8Array).slice(1);
const EMPTY = new Uint8Array(0);
const { point: POINT } = ecdhKeyOf('any');
/** x = 4 has no point on P-256. */
const OFF_CURVE = new Uint8Array(33).with(0, 2).with(32, 4);
const MANY = 2 ** 31;

/** What spec/documents.md §4 and §2 refuse, type by type. */
const OWN: Readonly<Record<DocumentType, readonly Change[]>> = {
  enrolment: [
    ['bank-empty', 0, '', 'A bank has a name.'],
    ['bank-33-bytes', 0, 'b'.repeat(33), 'A bank has at most 32 bytes.'],
    ['account-65-bytes', 1, 'a'.repeat(65), 'An account has at most 64 bytes.'],
    ['challenge-short', 2, shorter, 'A challenge has 32 bytes.'],
    ['suite-4', 3, 4, 'A reserved suite number.', 'unknown_suite'],
    ['key-of-other-suite', 3, 2, 'A key of 33 bytes for a suite that has 32.'],
    ['ecdh-key-short', 5, new Uint8Array(32), 'A key of 33 bytes, or none.'],
    ['ecdh-key-off-curve', 5, OFF_CURVE, 'A key that is no point on the curve.'],
    ['role-4', 6, 4, 'Roles are 1, 2 and 3.'],
    ['time-10000', 7, 253_402_300_800, 'The first second of the year 10000.'],
  ],
  credential: [
    ['issuer-key-0', 0, 0, 'Issuer keys are numbered from 1.'],
    ['issuer-key-65536', 0, 65_536, 'Issuer keys are numbered to 65535.'],
    ['serial-2-31', 1, MANY, 'Serials end at 2^31 − 1.'],
    ['wallet-check-digit', 2, (old) => Number(old) + 1, 'A wrong check digit.'],
    ['name-empty', 3, '', 'A name has a letter.'],
    ['name-33-bytes', 3, 'N'.repeat(33), 'A name has at most 32 bytes.'],
    ['name-markup', 3, '<b>Ali</b>', 'Characters that names do not have.'],
    ['name-space', 3, ' Ali', 'A space in front.'],
    ['town-25-bytes', 4, 'T'.repeat(25), 'A town has at most 24 bytes.'],
    ['suite-0', 5, 0, 'No suite has number 0.', 'unknown_suite'],
    ['key-short', 6, shorter, 'A key of 32 bytes for ES256.'],
    ['mode-3', 7, 3, 'Modes are 1 and 2.'],
    ['dynamic-with-ecdh-key', 9, POINT, 'A dynamic credential carries no ECDH key.'],
    ['static-without-ecdh-key', 7, 2, 'A printed code carries its ECDH key.'],
    ['currency-1000', 10, 1_000, 'Currency numbers have three digits.'],
    ['from-after-until', 11, 253_402_300_799, 'from > until.'],
  ],
  'allowance-request': [
    ['key-hash-short', 2, shorter, 'A key hash has 32 bytes.'],
    ['nonce-short', 3, shorter, 'A journal nonce has 8 bytes.'],
    ['amount-0', 4, 0, 'Nothing asked.'],
    ['amount-2-53', 4, 2n ** 53n, 'Amounts end at 2^53 − 1.'],
    ['amount-text', 4, '2000000', 'An amount is an integer.'],
  ],
  allowance: [
    ['suite-16', 2, 16, 'Set aside for ML-DSA, not known to version 1.', 'unknown_suite'],
    ['key-long', 3, new Uint8Array(34), 'A key of 34 bytes.'],
    ['nonce-long', 4, new Uint8Array(9), 'A journal nonce has 8 bytes.'],
    ['limit-0', 6, 0, 'A limit of nothing.'],
    ['per-payment-0', 7, 0, 'Payments of nothing.'],
    ['per-payment-over-limit', 7, 2_000_001, 'per payment > limit.'],
    ['count-0', 8, 0, 'No payments.'],
    ['count-2-31', 8, MANY, 'Counts end at 2^31 − 1.'],
    ['first-sequence-0', 9, 0, 'Sequences start from 1.'],
    ['last-sequence-2-31', 9, MANY - 19, 'The last of 20 sequences is beyond 2^31 − 1.'],
    ['from-after-until', 10, (old) => Number(old) + 15 * 86_400, 'from > until.'],
    ['until-after-claim-until', 11, (old) => Number(old) + 15 * 86_400, 'until > claim until.'],
  ],
  request: [
    ['currency-0', 0, 0, 'No currency has number 0.'],
    ['ecdh-key-empty', 2, EMPTY, 'A request brings its own ECDH key.'],
    ['ecdh-key-off-curve', 2, OFF_CURVE, 'A key that is no point on the curve.'],
    ['mode-2', 4, 2, 'A request is dynamic.'],
    ['bulletin-version-2-31', 5, MANY, 'Versions end at 2^31 − 1.'],
  ],
  payment: [
    ['sequence-0', 0, 0, 'Sequences start from 1.'],
    ['sequence-2-31', 0, MANY, 'Sequences end at 2^31 − 1.'],
    ['amount-2-53', 1, 2n ** 53n, 'Amounts end at 2^53 − 1.'],
    ['spent-less-than-amount', 3, 44_999, 'spent < amount.'],
    ['previous-short', 4, shorter, 'An id has 32 bytes.'],
    ['wallet-eleven-digits', 5, 48_205_531_907, 'A wallet number has twelve digits.'],
    ['mode-0', 6, 0, 'Modes are 1 and 2: there is no absent mode.'],
    ['bind-empty', 7, EMPTY, 'A bind has 32 bytes: there is no payment without one.'],
    ['salt-short', 8, shorter, 'A salt has 16 bytes.'],
  ],
  receipt: [
    ['amount-0', 1, 0, 'Nothing received.'],
    ['verdict-0', 2, 0, 'A receipt says accepted, or is not there.'],
    ['verdict-2', 2, 2, 'A receipt says accepted, or is not there.'],
  ],
  'upload-receipt': [
    ['sha256-short', 1, shorter, 'A SHA-256 has 32 bytes.'],
    ['uploader-empty', 2, '', 'Somebody handed it in.'],
  ],
  'settlement-receipt': [
    ['amount-0', 3, 0, 'Nothing settled.'],
    ['wallet-check-digit', 5, (old) => Number(old) + 1, 'A wrong check digit.'],
    ['position-2-53', 8, 2n ** 53n, 'Positions end at 2^53 − 1.'],
  ],
  refund: [
    ['number-0', 1, 0, 'Refunds count from 1.'],
    ['amount-0', 2, 0, 'Nothing refunded.'],
    ['cumulative-less-than-amount', 4, 4_999, 'cumulative < amount.'],
  ],
  return: [
    ['head-short', 2, shorter, 'An id has 32 bytes.'],
    ['nonce-short', 3, shorter, 'A journal nonce has 8 bytes.'],
  ],
  bulletin: [
    ['version-zero', 1, 0, 'Bulletins count from 1.'],
    ['revoked-allowances-not-array', 5, new Uint8Array(32), 'An array of ids.'],
    ['revoked-device-short', 6, [new Uint8Array(31)], 'A key hash has 32 bytes.'],
    ['issuer-key-short', 8, [[7, 1, POINT, 0]], 'An issuer key has five items.'],
    ['issuer-key-suite-4-short', 8, [[7, 4, POINT, 0]], 'Of any suite, five items.'],
    ['issuer-key-suite-4-number-0', 8, [[0, 4, POINT, 0, 1]], 'Of any suite, numbered from 1.'],
    ['issuer-key-suite-text', 8, [[7, '4', POINT, 0, 1]], 'A suite is a number.'],
    ['issuer-key-of-other-suite', 8, [[7, 2, POINT, 0, 1]], 'A known suite with a key of another.'],
    ['epoch-long', 9, [[586, 3, 0]], 'A policy epoch has two items.'],
    ['suite-text', 11, [1, '9'], 'A suite is a number.'],
  ],
  checkpoint: [
    ['log-root-short', 3, shorter, 'A root has 32 bytes.'],
    ['log-size-bool', 2, false, 'A size is an integer.'],
  ],
};

export function documentMutations(type: DocumentType): readonly Mutation[] {
  const own = OWN[type].map(([name, index, value, about, code = 'malformed']): Mutation => {
    const change = (values: Values): Values =>
      values.map((old, i) => {
        if (i !== index + 2) return old;
        return typeof value === 'function' ? value(old) : value;
      });
    return { name, about, code, change };
  });
  return [...ANY, ...own];
}
