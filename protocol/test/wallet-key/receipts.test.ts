import { createHash, generateKeyPairSync, constants, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkReceipt, decodeBase64, readSpki, receiptOf } from '../../src/index.ts';
import { nodeVerifier } from '../../src/node.ts';

/** spec/wallet-key.md §5. The texts are what `json.dumps` of Python writes. */

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const keyOf = ({ publicKey }: typeof pair) => {
  const read = readSpki(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.code);
  return read.value;
};
const signed = (text: string) => {
  const options = { key: pair.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
  return sign('sha256', Buffer.from(text), { ...options, saltLength: 32 }).toString('base64');
};
const bytesOf = (base64: string) => decodeBase64(base64) ?? new Uint8Array(0);
const check = async (receipt: string, signature: string, by = pair) => {
  const checked = await checkReceipt(receipt, bytesOf(signature), keyOf(by), nodeVerifier());
  if (!checked.ok) return checked.code;
  const { signatureValid, hashValid } = checked.value;
  return { signatureValid, hashValid };
};
const VALID = { signatureValid: true, hashValid: true };

const SIX =
  '{"amount":"50.0","currency":"PKR","nonce":"n-1","receiver_public_key":"k",' +
  '"sender_wallet_id":100000000008,"timestamp":"2026-11-20T15:00:00.123456"}';
const FORMS: readonly (readonly [string, string])[] = [
  ['six members, minified', SIX],
  ['a float', SIX.replace('"50.0"', '50.0')],
  ['a float with a fraction', SIX.replace('"50.0"', '50.25')],
  ['a whole number', SIX.replace('"50.0"', '50')],
  [
    'the whole dict, spaced, all text',
    '{"amount": "50.0", "currency": "PKR", "nonce": "n-1", "payee_id": "u\\u0627", ' +
      '"payer_id": "ayesha", "receiver_public_key": "k", ' +
      '"sender_wallet_id": "100000000008", "timestamp": "1795000000000"}',
  ],
];

test('a number beyond every double stays as it was written, and the receipt is JSON', async () => {
  const text = SIX.replace('}', ',"x":1e400}');
  const signature = signed(text);
  const receipt = receiptOf(text, signature);
  expect(receipt).toContain('1e400');
  expect(() => JSON.parse(receipt) as unknown).not.toThrow();
  expect(await check(receipt, signature)).toEqual(VALID);
});

describe.each(FORMS)('a receipt of %s', (_what, text) => {
  const signature = signed(text);
  const receipt = receiptOf(text, signature);

  test('verifies, also after a JSON reader has written it again', async () => {
    expect(await check(receipt, signature)).toEqual(VALID);
    const again = JSON.stringify(JSON.parse(receipt), undefined, 2);
    expect(await check(again, signature)).toEqual(VALID);
  });

  test('has the hash that Python computes: sorted, spaced, without the hash', () => {
    const { receipt_hash: hash, ...others } = JSON.parse(receipt) as Record<string, unknown>;
    const sorted = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
    const spaced = sorted.map(([key, value]) => `"${key}": ${ascii(JSON.stringify(value))}`);
    const expected = createHash('sha256')
      .update(`{${spaced.join(', ')}}`)
      .digest('hex');
    expect(hash).toBe(expected);
  });

  test('is not valid with another amount, another key, another signature or none', async () => {
    const raised = receipt.replace(/"amount": "?[0-9.]+"?/, '"amount": "9999.00"');
    expect(await check(raised, signature)).toEqual({ signatureValid: false, hashValid: false });
    const forged = { signatureValid: false, hashValid: true };
    expect(await check(receipt, signature, other)).toEqual(forged);
    expect(await check(receipt, signed(`${text} `))).toEqual(forged);
    expect(await check(receipt, '')).toEqual(forged);
  });
});

const [[, plainText] = ['', '']] = FORMS;

test('a member that nobody signed makes the hash wrong, and says nothing', async () => {
  const signature = signed(plainText);
  const receipt = receiptOf(plainText, signature);
  const more = receipt.replace('{', '{"note": "paid twice", ');
  expect(await check(more, signature)).toEqual({ signatureValid: true, hashValid: false });
});

test.each([
  ['no JSON', 'amount=50'],
  ['an array', '[]'],
  ['a payment', plainText],
  ['a key twice', '{"version":"1.0","version":"1.0","type":"offline_payment_receipt"}'],
  ['another version', '{"version":"2.0","type":"offline_payment_receipt"}'],
])('%s is no receipt', async (_what, text) => {
  expect(await check(text, signed(text))).toBe('malformed');
});

function ascii(text: string): string {
  return text.replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
