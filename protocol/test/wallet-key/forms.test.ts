import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  equalBytes,
  parseJsonText,
  parseLooseAmount,
  publicKeyPem,
  readAttestation,
  readSigned,
  readSpki,
  signedTexts,
  SIX_FIELDS,
  utf8,
  verifyAttestation,
  webCryptoVerifier,
  walletKeyOf,
} from '../../src/index.ts';
import { signerOf } from '../support/keys.ts';
import { OTHER_WALLET } from '../support/scene.ts';

interface PythonTexts {
  readonly source: string;
  readonly forms: readonly { readonly covered: string; readonly text: string }[];
}

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

describe('the forms of a signed text', () => {
  it('are, byte for byte and in their order, what Python writes', () => {
    const { source, forms } = read('./python-texts.json') as PythonTexts;
    const parsed = parseJsonText(source, { depth: 4, nodes: 100 });
    expect(parsed.ok && [...signedTexts(parsed.value, SIX_FIELDS)]).toEqual(forms);
  });

  it('are fewer where two are the same, and none of six where one is missing', () => {
    const texts = (text: string, named: readonly string[]) => {
      const parsed = parseJsonText(text, { depth: 4, nodes: 100 });
      return parsed.ok ? [...signedTexts(parsed.value, named)].map((each) => each.text) : undefined;
    };
    expect(texts('{"b": "1", "a": "2"}', ['a', 'b'])).toEqual([
      '{"a":"2","b":"1"}',
      '{"a": "2", "b": "1"}',
    ]);
    expect(texts('{"b": 1}', ['a', 'b'])).toEqual([
      '{"b":1}',
      '{"b":"1"}',
      '{"b": 1}',
      '{"b": "1"}',
    ]);
    // By code point: an astral character after U+FFFF, though its first unit is less.
    expect(texts('{"\\ud83d\\ude00": 1, "\\uffee": 2, "z": 3, "za": 4}', ['z'])?.[4]).toBe(
      '{"z":3,"za":4,"\\uffee":2,"\\ud83d\\ude00":1}',
    );
    // What Python's str() would make of these is no JSON: they are signed as given.
    expect(texts('{"a": null, "b": [1, true]}', ['b'])).toEqual([
      '{"b":[1,true]}',
      '{"b": [1, true]}',
      '{"a":null,"b":[1,true]}',
      '{"a": null, "b": [1, true]}',
    ]);
  });
});

describe('a JSON text', () => {
  const limits = { depth: 3, nodes: 20 };
  const bad: readonly (readonly [string, string])[] = [
    ['', 'malformed'],
    ['{', 'malformed'],
    ['nul', 'malformed'],
    ['01', 'malformed'],
    ['1.', 'malformed'],
    ['.5', 'malformed'],
    ['+1', 'malformed'],
    ['NaN', 'malformed'],
    ['"\n"', 'malformed'],
    ['"\\x41"', 'malformed'],
    ['"\\u12"', 'malformed'],
    ['"\\ud800"', 'malformed'],
    ['"\\udc00\\ud800"', 'malformed'],
    ['\ud800', 'malformed'],
    ['\ufeff1', 'malformed'],
    ['[1,]', 'malformed'],
    ['[1 2]', 'malformed'],
    ['{"a" 1}', 'malformed'],
    ['{a:1}', 'malformed'],
    ['{"__proto__":1}', 'malformed'],
    ['{"\\u005f_proto__":1}', 'malformed'],
    ['{"constructor":1}', 'malformed'],
    ['{"a":1,"a":1}', 'duplicate_key'],
    ['{"a":1,"\\u0061":2}', 'duplicate_key'],
    ['[{"a":{"b":[]}}]', 'too_deep'],
    ['[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0]', 'malformed'],
  ];
  it.each(bad)('%j is refused as %s', (text, code) => {
    expect(parseJsonText(text, limits)).toMatchObject({ ok: false, code });
  });

  it('keeps the text of numbers and the place of everything', () => {
    const text = ' { "amount" : 9007199254740993.10 , "to" : [ "\\u0633\\/" ] } ';
    const parsed = parseJsonText(text, limits);
    if (!parsed.ok || parsed.value.type !== 'object') throw new Error('not read');
    const [amount, to] = parsed.value.members;
    expect(amount?.value).toMatchObject({ type: 'number', text: '9007199254740993.10' });
    expect(text.slice(to?.value.start, to?.value.end)).toBe('[ "\\u0633\\/" ]');
    expect(text.slice(parsed.value.start, parsed.value.end)).toBe(text.trim());
  });

  it('of a megabyte of escapes is read without growing a stack', () => {
    const text = `"${'\\n'.repeat(500_000)}"`;
    expect(parseJsonText(text, limits)).toMatchObject({ ok: true });
    expect(parseJsonText(text.slice(0, -1), limits)).toMatchObject({ ok: false });
    expect(parseJsonText('['.repeat(100_000), limits)).toMatchObject({ code: 'too_deep' });
  });
});

describe('an amount as older clients write it', () => {
  it.each([
    ['500', 'PKR', 50_000n],
    ['500.0', 'PKR', 50_000n],
    ['500.000000000', 'PKR', 50_000n],
    ['0.01', 'PKR', 1n],
    ['7.00', 'XOF', 7n],
  ] as const)('%s of %s is exact', (text, currency, minor) => {
    expect(parseLooseAmount(text, currency)).toEqual({ ok: true, value: minor });
  });

  it.each([
    ['500.001', 'PKR', 'malformed'],
    ['7.5', 'XOF', 'malformed'],
    ['1e3', 'PKR', 'malformed'],
    ['-1', 'PKR', 'malformed'],
    ['500.', 'PKR', 'malformed'],
    [' 500', 'PKR', 'malformed'],
    ['0.0000000001', 'PKR', 'malformed'],
    ['90071992547409.92', 'PKR', 'malformed'],
    ['0.00', 'PKR', 'amount_zero'],
    ['1', 'EUR', 'wrong_currency'],
  ] as const)('%s of %s is refused as %s', (text, currency, code) => {
    expect(parseLooseAmount(text, currency)).toMatchObject({ ok: false, code });
  });
});

const signer = signerOf('PS256', 'wallet-key/payee');
const key = walletKeyOf(signer.publicKey);
const pem = publicKeyPem('PS256', signer.publicKey);

describe('a wallet’s key in PEM', () => {
  it('is one key however its lines are broken', () => {
    for (const text of [pem, pem.trim(), pem.replaceAll('\n', '\r\n'), pem.replaceAll('\n', '')]) {
      const found = readSpki(text);
      expect(found.ok && equalBytes(found.value.id, key.id)).toBe(true);
    }
  });

  it.each([
    ['', 'nothing'],
    [pem.replace('BEGIN', 'END'), 'another frame'],
    [`x${pem}`, 'something before it'],
    [pem.replace('MIIB', 'MIIC'), 'another head'],
    [pem.replace('IDAQAB', 'IDAQAC'), 'another exponent'],
    [
      publicKeyPem(
        'PS256',
        signer.publicKey.map((byte, i) => (i === 0 ? byte & 0x7f : byte)),
      ),
      'a short modulus',
    ],
    [publicKeyPem('EdDSA', signerOf('EdDSA', 'payee').publicKey), 'another suite'],
    [pem.repeat(8), 'more than one'],
  ])('%#: %s is refused', (text) => {
    expect(readSpki(text)).toMatchObject({ ok: false, code: 'malformed' });
  });
});

describe('an attestation and a payment', () => {
  const attested = JSON.stringify({
    amount: '50.00',
    currency: 'PKR',
    direction: 'RECEIVED',
    nonce: 'n-1',
    payee_id: 'shop',
    payer_id: 'ali',
    receiver_wallet_id: OTHER_WALLET,
    timestamp: '2026-11-21T03:00:00',
    tx_id: 't-1',
  });

  it('are not taken for each other, though one key signed both', async () => {
    const signature = await signer.sign(utf8(attested));
    const verified = await verifyAttestation(attested, signature, key, webCryptoVerifier);
    expect(verified).toMatchObject({ ok: true, value: { amountMinor: 5_000n, payerId: 'ali' } });
    expect(readSigned(attested, signature)).toMatchObject({ ok: false, code: 'malformed' });
    const payment = attested.replace('"RECEIVED"', '"SENT"');
    expect(readAttestation(payment)).toMatchObject({ ok: false, code: 'malformed' });
    const other = attested.replace('50.00', '50.01');
    expect(await verifyAttestation(other, signature, key, webCryptoVerifier)).toMatchObject({
      code: 'payee_signature_invalid',
    });
  });
});

describe('the vectors of wallet keys', () => {
  it('are one payment in whatever form it was signed', () => {
    const folder = new URL('../../../vectors/wallet-key/', import.meta.url);
    const ids = readdirSync(folder)
      .map(
        (file) => read(`../../../vectors/wallet-key/${file}`) as { expect: { paymentId?: string } },
      )
      .flatMap(({ expect: { paymentId } }) => paymentId ?? []);
    expect(ids).toHaveLength(11);
    expect(new Set(ids).size).toBe(1);
  });
});
