import { encodeBase64, publicJwk } from '../../src/index.ts';
import type { LedgerCode } from '../../src/index.ts';
import { ecdhKeyOf } from '../support/keys.ts';
import { CORE, entriesOf, envelopeOf, payloadOf, SENDER, signed } from '../support/ledgers.ts';
import type { Core } from '../support/ledgers.ts';

/** A case that is refused, and what its value is to be wrapped in. */
export interface BadLedger {
  readonly name: string;
  readonly about: string;
  readonly code: LedgerCode;
  /** A body's text or value; what is sealed, by members or as a text; a file; an item. */
  readonly how: 'text' | 'body' | 'payload' | 'inside' | 'sent' | 'item';
  readonly value: unknown;
}

type Row = readonly [name: string, about: string, value: unknown];

export function rows(
  code: LedgerCode,
  how: BadLedger['how'],
  table: readonly Row[],
): readonly BadLedger[] {
  return table.map(([name, about, value]) => ({ name, about, code, how, value }));
}

/** Bodies that are no ledger, or do not open. */
export async function badTexts(): Promise<readonly BadLedger[]> {
  const good = JSON.stringify(entriesOf([await signed()]));
  const payload = await payloadOf(entriesOf([await signed()]));
  const inside = JSON.stringify(payload);
  const envelope = await envelopeOf(inside);
  const status = (text: string) => inside.replace('"status":"verified"', `"status":${text}`);
  return [
    ...rows('ledger/malformed', 'text', [
      ['empty-text', 'Nothing.', ''],
      ['not-json', 'Not JSON.', 'ledger'],
      ['number', 'A value of no form.', '5'],
      ['two-values', 'Something after it.', `${good} 1`],
      ['duplicate-key', 'A member named twice.', good.replace('"amount"', '"to_id":"x","amount"')],
      ['prototype-key', 'A key of prototypes.', good.replace('"status"', '"__proto__"')],
      ['lone-surrogate', 'Half a character.', good.replace('verified', '\\ud800')],
      ['nine-deep', 'Nested too deep.', good.replace('"verified"', '[[[[[[[1]]]]]]]')],
    ]),
    ...rows('ledger/malformed', 'body', [
      ['no-form', 'An object of no form.', {}],
      ['no-entries', 'A ledger without entries.', { ledger: { receiver_id: 'x' } }],
      ['entries-object', 'Entries that are no list.', { ledger: { entries: {} } }],
      ['no-iv', 'A part of the envelope is missing.', { ...envelope, iv: undefined }],
      ['base64url', 'Another base64.', { ...envelope, iv: '--------------__' }],
      ['no-padding', 'Base64 without its padding.', { ...envelope, encrypted_payload: 'AAA' }],
    ]),
    ...rows('ledger/malformed', 'inside', [
      ['inside-not-json', 'What was sealed is not JSON.', 'ledger'],
      ['inside-index-key', 'A key that JavaScript moves.', status('{"b":1,"1":2}')],
      ['inside-number', 'A number that is no double.', status('0.1000000000000000055')],
      ['inside-too-great', 'A number beyond all doubles.', status('1e400')],
      ['inside-no-hash', 'No hash.', JSON.stringify({ ...payload, hash: undefined })],
      ['inside-upper-case', 'Another hex.', JSON.stringify({ ...payload, hash: 'A'.repeat(64) })],
      ['inside-no-signature', 'None.', JSON.stringify({ ...payload, signature: 'AAAA' })],
    ]),
    ...rows('ledger/too_large', 'body', [
      ['too-many', 'An entry more than are read.', Array(5_001).fill(0)],
    ]),
    ...rows('ledger/empty', 'body', [
      ['empty-array', 'No entries.', []],
      ['empty-ledger', 'No entries.', { ledger: { entries: [] } }],
    ]),
    ...rows('ledger/empty', 'payload', [['empty-sealed', 'None.', await payloadOf([])]]),
    ...(await badKeys(envelope, payload)),
    ...(await badSeals(envelope, inside)),
  ];
}

async function badKeys(envelope: Core, payload: Core): Promise<readonly BadLedger[]> {
  const good = publicJwk(ecdhKeyOf('ledger/receiver').point);
  const y = publicJwk(SENDER.publicKey)?.y;
  const outer = (changes: Core) => ({ ...envelope, receiver_public_key: { ...good, ...changes } });
  return [
    ...rows('ledger/key_invalid', 'body', [
      ['key-private', 'It gives its private half away.', outer({ d: good?.x })],
      ['key-other-curve', 'Another curve.', outer({ crv: 'P-384' })],
      ['key-other-type', 'Another type.', outer({ kty: 'RSA' })],
      ['key-off-curve', 'A point off the curve.', outer({ y })],
      ['key-short', 'A coordinate of 31 bytes.', outer({ x: good?.x.slice(0, -1) })],
      ['key-padded', 'Base64url with padding.', outer({ x: `${good?.x ?? ''}=` })],
      ['key-missing', 'No key.', { ...envelope, receiver_public_key: undefined }],
    ]),
    ...rows('ledger/key_invalid', 'payload', [
      [
        'receiver-key-private',
        'It gives its private half away.',
        {
          ...payload,
          receiver_public_key: { ...(payload['receiver_public_key'] as object), d: 'AA' },
        },
      ],
      ['receiver-key-missing', 'No key.', { ...payload, receiver_public_key: undefined }],
    ]),
  ];
}

async function badSeals(envelope: Core, inside: string): Promise<readonly BadLedger[]> {
  const key = String(envelope['encrypted_aes_key']);
  const payload = String(envelope['encrypted_payload']);
  const other = publicJwk(ecdhKeyOf('ledger/sender').point);
  return [
    ...rows('ledger/open_failed', 'body', [
      ['other-bank', 'Sealed to another bank.', await envelopeOf(inside, 'ledger/other-bank')],
      [
        'payload-altered',
        'A byte of the payload.',
        {
          ...envelope,
          encrypted_payload: `${payload.startsWith('A') ? 'B' : 'A'}${payload.slice(1)}`,
        },
      ],
      [
        'key-altered',
        'A byte of the key.',
        { ...envelope, encrypted_aes_key: `AAAA${key.slice(4)}` },
      ],
      ['key-cut', 'A key of 57 bytes.', { ...envelope, encrypted_aes_key: key.slice(4) }],
      ['iv-short', 'An iv of 9 bytes.', { ...envelope, iv: encodeBase64(new Uint8Array(9)) }],
      ['other-writer', 'Another key beside it.', { ...envelope, receiver_public_key: other }],
    ]),
    ...rows('ledger/open_failed', 'inside', [
      ['not-utf-8', 'Bytes that are no text.', Uint8Array.of(0x5b, 0xff, 0x5d)],
    ]),
  ];
}

const BAD_MEMBERS: readonly (readonly [string, string, Core])[] = [
  ['no-id', 'A member is missing.', { txn_id: undefined }],
  ['id-empty', 'An id of no characters.', { txn_id: '' }],
  ['id-129', 'A character too long.', { txn_id: 'x'.repeat(129) }],
  ['id-newline', 'A control character.', { from_id: 'a\nb' }],
  ['id-reversed', 'A mark that changes direction.', { to_id: 'a\u202eb' }],
  ['id-number', 'A number is no text.', { to_id: 17 }],
  ['no-amount', 'A member is missing.', { amount: undefined }],
  ['amount-null', 'Not an amount.', { amount: null }],
  ['amount-exponent', 'A text is digits.', { amount: '5e1' }],
  ['amount-hex', 'A text is digits.', { amount: '0x10' }],
  ['amount-spaces', 'A text is digits.', { amount: ' 5 ' }],
  ['no-timestamp', 'A member is missing.', { timestamp: undefined }],
  ['timestamp-object', 'No time.', { timestamp: {} }],
  ['prev-hash-short', 'Not a hash.', { prev_hash: 'abc' }],
  ['prev-hash-upper', 'Another hex.', { prev_hash: 'A'.repeat(64) }],
  ['wallet-number', 'A number is no text.', { wallet_id: 5 }],
];

/** Entries and transactions that cannot be read. */
export async function badTransactions(): Promise<readonly BadLedger[]> {
  const one = await signed();
  const [entry] = entriesOf([one]);
  const members: Row[] = [];
  for (const [name, about, changes] of BAD_MEMBERS) {
    members.push([name, about, entriesOf([await signed({ ...CORE, ...changes })])]);
  }
  const inside = (changes: Core) => [{ ...entry, transaction: { ...one, ...changes } }];
  const key = one['sender_public_key'] as object;
  const long = { from_id: '“'.repeat(128), to_id: '“'.repeat(128), txn_id: '“'.repeat(128) };
  const wide = await signed({
    ...CORE,
    ...long,
    prev_hash: 'a'.repeat(64),
    wallet_id: '“'.repeat(128),
    timestamp: '“'.repeat(128),
  });
  return rows('ledger/transaction_malformed', 'body', [
    ...members,
    ['too-long', 'More than 2,048 bytes are hashed.', entriesOf([wide])],
    ['entry-number', 'Not an entry.', [1]],
    ['no-index', 'No index.', [{ ...entry, ledger_index: undefined }]],
    ['index-negative', 'Not a place.', [{ ...entry, ledger_index: -1 }]],
    ['index-text', 'Not a number.', [{ ...entry, ledger_index: '0' }]],
    ['entry-hash-upper', 'Another hex.', [{ ...entry, hash: 'A'.repeat(64) }]],
    ['no-transaction', 'Nothing in it.', [{ ...entry, transaction: undefined }]],
    ['no-hash', 'No hash.', inside({ hash: undefined })],
    ['no-signature', 'No signature.', inside({ signature: undefined })],
    ['signature-63', 'A byte short.', inside({ signature: encodeBase64(new Uint8Array(63)) })],
    [
      'signature-loose',
      'Bits beyond the last byte.',
      inside({ signature: `${'A'.repeat(85)}B==` }),
    ],
    ['no-key', 'No key.', inside({ sender_public_key: undefined })],
    [
      'key-with-d',
      'It gives its private half away.',
      inside({ sender_public_key: { ...key, d: 'AA' } }),
    ],
  ]);
}
