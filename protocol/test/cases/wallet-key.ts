import {
  encodeCbor,
  encodeWalletKeyItem,
  hex,
  parseJsonText,
  publicKeyPem,
  pythonJson,
  SIX_FIELDS,
  utf8,
} from '../../src/index.ts';
import type { CborValue, ProtocolCode, PythonForm, Signer } from '../../src/index.ts';
import { webCryptoVerifier } from '../../src/index.ts';
import { answerVector } from '../../src/vectors/index.ts';
import { signerOf } from '../support/keys.ts';
import { modulusBytes, rsaKeyOf, signPss } from '../support/rsa.ts';
import { broken, OTHER_WALLET } from '../support/scene.ts';
import { family, refused } from './case.ts';
import type { VectorCase, VectorRow } from './case.ts';

const PAYER = signerOf('PS256', 'wallet-key/payer');
const PAYEE = signerOf('PS256', 'wallet-key/payee');
const PEM = publicKeyPem('PS256', PAYEE.publicKey);
const SIX: PythonForm = { spaced: false, stringified: false, keys: SIX_FIELDS };
const TAG = 'sikka/wallet-key/v1';

type Members = Readonly<Record<string, unknown>>;

const GOOD: Members = {
  amount: '50.00',
  currency: 'PKR',
  nonce: '9f2a6c0e1b5d4788a3c1',
  receiver_public_key: PEM,
  sender_wallet_id: OTHER_WALLET,
  timestamp: '2026-11-21T03:00:00.123456',
};

function dict(changes: Members = {}): string {
  const members = Object.entries({ ...GOOD, ...changes }).filter(
    ([, value]) => value !== undefined,
  );
  return JSON.stringify(Object.fromEntries(members));
}

/** A number keeps the text it was written in. */
const FLOAT = dict().replace('"50.00"', '50.0');

async function sign(text: string, form = SIX, signer: Signer = PAYER): Promise<Uint8Array> {
  const parsed = parseJsonText(text, { depth: 8, nodes: 1_000 });
  const signed = parsed.ok ? pythonJson(parsed.value, form) : undefined;
  return signer.sign(utf8(signed ?? text));
}

function row(
  name: string,
  about: string,
  item: Uint8Array,
  expect: VectorRow['expect'],
  signer = PAYER,
): VectorRow {
  const input = { item: hex(item), modulus: hex(signer.publicKey) };
  return { case: name, spec: 'wallet-key.md', about, input, expect };
}

/** Of good ones the reference's answer is expected; the tests say what that has to be. */
async function accepted(
  name: string,
  about: string,
  text: string,
  form: PythonForm = SIX,
): Promise<VectorRow> {
  const item = encodeWalletKeyItem(utf8(text), await sign(text, form));
  const made = row(name, about, item, {});
  return { ...made, expect: await answerVector('wallet-key', made.input, webCryptoVerifier) };
}

async function no(
  name: string,
  about: string,
  text: string,
  code: ProtocolCode = 'malformed',
): Promise<VectorRow> {
  return row(name, about, encodeWalletKeyItem(utf8(text), await sign(text)), refused(code));
}

const WHOLE = dict({ payee_id: 'shop', payer_id: 'ali', direction: 'SENT' });

const FORMS: readonly (readonly [string, string, PythonForm])[] = [
  ['six-minified', 'The six members, minified.', SIX],
  ['six-minified-quoted', 'The same with numbers in quotes.', { ...SIX, stringified: true }],
  ['six-spaced', 'The six members, spaced.', { ...SIX, spaced: true }],
  ['six-spaced-quoted', 'The same in quotes.', { ...SIX, spaced: true, stringified: true }],
  ['whole-minified', 'All members, minified.', { spaced: false, stringified: false }],
  ['whole-spaced-quoted', 'All members, spaced, in quotes.', { spaced: true, stringified: true }],
];

/** Changes of one member, each of which makes it no payment. */
const BAD_MEMBERS: readonly (readonly [string, string, Members, ProtocolCode?])[] = [
  ['no-amount', 'A member is missing.', { amount: undefined }],
  ['no-nonce', 'A member is missing.', { nonce: undefined }],
  ['no-timestamp', 'A member is missing.', { timestamp: undefined }],
  ['no-wallet', 'A member is missing.', { sender_wallet_id: undefined }],
  ['no-payee-key', 'A member is missing.', { receiver_public_key: undefined }],
  ['no-currency', 'A member is missing.', { currency: undefined }],
  ['amount-object', 'A member is no scalar.', { amount: { minor: 1 } }],
  ['amount-null', 'A member is no scalar.', { amount: null }],
  ['amount-true', 'A member is no scalar.', { amount: true }],
  ['amount-negative', 'No sign.', { amount: '-50.00' }],
  ['amount-exponent', 'No exponent.', { amount: '5e1' }],
  ['amount-too-fine', 'Finer than the minor unit.', { amount: '50.001' }],
  ['amount-leading-zero', 'No leading zeros.', { amount: '050' }],
  ['amount-arabic', 'No other alphabet.', { amount: '٥٠' }],
  ['amount-2-53', 'Above 2^53 − 1.', { amount: '90071992547409.92' }],
  ['amount-0', 'Nothing.', { amount: '0.00' }, 'amount_zero'],
  ['currency-unknown', 'Not in the table.', { currency: 'EUR' }, 'wrong_currency'],
  ['currency-lower-case', 'Not in the table.', { currency: 'pkr' }, 'wrong_currency'],
  ['nonce-empty', 'No nonce.', { nonce: '' }],
  ['nonce-129', 'A character too long.', { nonce: 'n'.repeat(129) }],
  ['nonce-newline', 'A control character.', { nonce: 'a\nb' }],
  ['nonce-urdu', 'Not printable ASCII.', { nonce: 'سکہ' }],
  ['timestamp-65', 'A character too long.', { timestamp: '1'.repeat(65) }],
  ['wallet-check-digit', 'A wrong check digit.', { sender_wallet_id: OTHER_WALLET + 1 }],
  ['wallet-fraction', 'Another spelling of the number.', { sender_wallet_id: `${OTHER_WALLET}.0` }],
  ['wallet-spaces', 'As on screens, not as signed.', { sender_wallet_id: '1234 5678 9012' }],
  [
    'payee-key-cut',
    'A PEM cut short.',
    { receiver_public_key: PEM.replace(/.{4}\n-----END/, '-----END') },
  ],
  [
    'payee-key-pkcs1',
    'Another kind of PEM.',
    { receiver_public_key: PEM.replaceAll('PUBLIC', 'RSA PUBLIC') },
  ],
  [
    'payee-key-private',
    'Another kind of PEM.',
    { receiver_public_key: PEM.replaceAll('PUBLIC', 'PRIVATE') },
  ],
  [
    'payee-key-p256',
    'A key of another suite.',
    { receiver_public_key: publicKeyPem('ES256', signerOf('ES256', 'payee').publicKey) },
  ],
];

const TEXTS: readonly (readonly [string, string, string])[] = [
  ['duplicate-key', 'A member named twice.', dict().replace('{', '{"amount":"5.00",')],
  [
    'duplicate-key-escaped',
    'The same key in other letters.',
    dict().replace('{', '{"\\u0061mount":"5.00",'),
  ],
  ['lone-surrogate', 'Half a character.', dict({ more: 1 }).replace('"more"', '"\\ud800"')],
  ['array', 'Not an object.', '[]'],
  ['two-values', 'Something after the object.', `${dict()} 1`],
  ['trailing-comma', 'Not JSON.', dict().replace('}', ',}')],
  ['single-quotes', 'Not JSON.', dict().replaceAll('"', "'")],
  ['prototype-key', 'A key of prototypes.', dict().replace('{', '{"__proto__":1,')],
  ['five-deep', 'Nested too deep.', dict({ more: [[[[1]]]] })],
  ['129-values', 'More values than anybody signs.', dict({ more: Array(128).fill(1) })],
];

/** Bytes that are no item, or whose signature is not its payer's. */
async function badItems(): Promise<readonly VectorRow[]> {
  const text = utf8(dict());
  const signature = await sign(dict());
  const raw = (name: string, about: string, value: CborValue): VectorRow =>
    row(name, about, encodeCbor(value), refused('malformed'));
  const unsigned = (name: string, about: string, bytes: Uint8Array, signer = PAYER): VectorRow =>
    row(name, about, encodeWalletKeyItem(text, bytes), refused('payer_signature_invalid'), signer);
  const other = dict({ amount: '50.01' });
  const key = rsaKeyOf('wallet-key/short-salt');
  const shortSalt: Signer = { ...PAYER, publicKey: modulusBytes(key) };
  const canonical = utf8(pythonOf(dict()));
  return [
    raw('other-tag', 'Another tag.', ['sikka/wallet-key/v2', text, signature]),
    raw('text-as-text', 'The text is bytes, whatever characters it holds.', [TAG, 'x', signature]),
    raw('signature-short', 'A signature of 255 bytes.', [TAG, text, signature.slice(1)]),
    raw('four-parts', 'Something more.', [TAG, text, signature, 0]),
    row(
      'too-large',
      'One byte more than an item may have.',
      encodeCbor([TAG, new Uint8Array(4_096), signature]),
      refused('too_large'),
    ),
    row(
      'not-utf-8',
      'Bytes that are no text.',
      encodeCbor([TAG, Uint8Array.of(0xff), signature]),
      refused('malformed'),
    ),
    unsigned('altered-signature', 'A bit of it.', broken(signature)),
    unsigned('other-key', 'The payee’s key did not sign.', signature, PAYEE),
    unsigned('other-amount', 'Signed was another amount.', await sign(other)),
    unsigned(
      'salt-0',
      'A salt of no bytes.',
      signPss(key, canonical, new Uint8Array(0)),
      shortSalt,
    ),
    unsigned(
      'salt-20',
      'A salt of 20 bytes.',
      signPss(key, canonical, new Uint8Array(20)),
      shortSalt,
    ),
    unsigned('members-unsorted', 'In the order sent.', await PAYER.sign(utf8(unsorted(dict())))),
    row(
      'direction-received-covered',
      'What is signed says that it is the receiver’s side.',
      encodeWalletKeyItem(
        utf8(dict({ direction: 'RECEIVED' })),
        await sign(dict({ direction: 'RECEIVED' }), { spaced: false, stringified: false }),
      ),
      refused('malformed'),
    ),
  ];
}

function pythonOf(text: string): string {
  const parsed = parseJsonText(text, { depth: 4, nodes: 100 });
  return (parsed.ok ? pythonJson(parsed.value, SIX) : undefined) ?? '';
}

function unsorted(text: string): string {
  const entries = Object.entries(JSON.parse(text) as Record<string, unknown>).reverse();
  return JSON.stringify(Object.fromEntries(entries));
}

export async function walletKeyVectors(): Promise<readonly VectorCase[]> {
  const good = await Promise.all([
    ...FORMS.map(([name, about, form]) => accepted(name, about, WHOLE, form)),
    accepted('float', 'An amount as Python writes a float.', FLOAT),
    accepted('float-quoted', 'The same, signed in quotes: one payment.', FLOAT, {
      ...SIX,
      stringified: true,
    }),
    accepted(
      'uncovered-direction',
      'Nothing that is not signed counts.',
      dict({ direction: 'RECEIVED' }),
    ),
    accepted('escaped', 'Characters that Python escapes.', dict({ note: 'سکہ 😀\u007f/"\\\t' }), {
      spaced: true,
      stringified: false,
    }),
    accepted(
      'pem-one-line',
      'A PEM without line breaks is the same key.',
      dict({
        receiver_public_key: PEM.replaceAll('\n', ''),
      }),
    ),
  ]);
  const members = BAD_MEMBERS.map(([name, about, changes, code]) =>
    no(name, about, dict(changes), code),
  );
  const texts = TEXTS.map(([name, about, text]) => no(name, about, text));
  const bad = await Promise.all([...members, ...texts]);
  return family('wallet-key', [...good, ...bad, ...(await badItems())]);
}
