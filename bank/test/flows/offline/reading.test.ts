import { publicKeyPem, walletNumberWithCheckDigit } from '@sikka/protocol';
import { generateNodeSigningKey } from '@sikka/protocol/node';
import { describe, expect, test } from 'vitest';
import { readBody, readElements, readPair } from '../../../src/flows/offline/reading.ts';
import { sentences } from '../../../src/flows/offline/sentences.ts';

/** What an element lacks is told in the sentences that older clients read (http-api.md). */

const key = await generateNodeSigningKey('PS256');
const pem = publicKeyPem('PS256', key.publicKey);
const wallet = walletNumberWithCheckDigit(10_000_000_000);
const signature = Buffer.alloc(256, 7).toString('base64');
const data = {
  amount: '50.0',
  currency: 'PKR',
  nonce: 'n-1',
  receiver_public_key: pem,
  sender_wallet_id: wallet,
  timestamp: '2026-11-20T15:00:00.123456',
};
const attested = {
  amount: '50.0',
  currency: 'PKR',
  direction: 'RECEIVED',
  nonce: 'n-1',
  payee_id: 'bilal',
  payer_id: 'ayesha',
  receiver_wallet_id: wallet,
  timestamp: 1_795_000_000_000,
  tx_id: 'tx-1',
};

function read(elements: string) {
  const body = readBody(Buffer.from(`{"transactions":[${elements}]}`));
  if (body === undefined) throw new Error('The test’s body is no JSON.');
  return readElements(body.text, body.node);
}
const one = (element: unknown) => read(JSON.stringify(element))[0];
const without = (name: string) =>
  Object.fromEntries(Object.entries(data).filter(([member]) => member !== name));

test.each<[string, unknown, string]>([
  ['no transaction', { signature }, 'Missing required fields: transaction_data'],
  [
    'a transaction that is text',
    { transaction_data: 'x' },
    sentences.missing(['transaction_data']),
  ],
  ['no object', 7, sentences.missing(['transaction_data'])],
  ...Object.keys(data).map((name): [string, unknown, string] => [
    `no ${name}`,
    { transaction_data: without(name), signature },
    `Missing required fields: ${name}`,
  ]),
  [
    'two fields missing, one null and one empty',
    { transaction_data: { ...data, amount: null, nonce: '' }, signature },
    'Missing required fields: amount, nonce',
  ],
  ['no signature', { transaction_data: data }, sentences.signature],
  ['an empty signature', { transaction_data: data, signature: '' }, sentences.signature],
  [
    'one of 255 bytes',
    { transaction_data: data, signature: signature.slice(4) },
    sentences.signature,
  ],
  [
    'a signature in hex',
    { transaction_data: data, signature: 'ab'.repeat(256) },
    sentences.signature,
  ],
  ['a signature that is a number', { transaction_data: data, signature: 7 }, sentences.signature],
  ['nothing', { transaction_data: { ...data, amount: '0.00' }, signature }, sentences.amountZero],
  ['0', { transaction_data: { ...data, amount: 0 }, signature }, sentences.amountZero],
  [
    'less than nothing',
    { transaction_data: { ...data, amount: '-5' }, signature },
    sentences.amountZero,
  ],
  ['words', { transaction_data: { ...data, amount: 'ten' }, signature }, sentences.amountFormat],
  [
    'a third of a paisa',
    { transaction_data: { ...data, amount: '0.333' }, signature },
    sentences.amountFormat,
  ],
  [
    'other digits',
    { transaction_data: { ...data, amount: '٥٠' }, signature },
    sentences.amountFormat,
  ],
  [
    'an exponent',
    { transaction_data: { ...data, amount: '1e3' }, signature },
    sentences.amountFormat,
  ],
  [
    'a currency of no country',
    { transaction_data: { ...data, currency: 'XXX' }, signature },
    sentences.currency,
  ],
  [
    'a key that is none',
    { transaction_data: { ...data, receiver_public_key: 'k' }, signature },
    sentences.malformed,
  ],
  [
    'a wallet that is none',
    { transaction_data: { ...data, sender_wallet_id: 12 }, signature },
    sentences.malformed,
  ],
  [
    'more than an item holds',
    { transaction_data: { ...data, note: 'x'.repeat(4_000) }, signature },
    sentences.malformed,
  ],
  [
    'an attestation without tx_id',
    { transaction_data: { ...attested, tx_id: undefined }, signature },
    'Missing required fields: tx_id',
  ],
])('%s is told', (_what, element, reason) => {
  expect(one(element)).toMatchObject({ kind: 'refused', reason });
});

describe('a payment', () => {
  test('is read with the text that was sent, spaces and all', () => {
    const text = JSON.stringify(data, undefined, 3).replace('"50.0"', '50.0');
    const [element] = read(`{"signature": "${signature}", "transaction_data" :  ${text} }`);
    expect(element).toMatchObject({ kind: 'payment', reference: 'n-1', amount: '50.0' });
    if (element?.kind !== 'payment') throw new Error('not a payment');
    expect(element.item.text).toBe(text);
    expect(element.item.claimed.amountMinor).toBe(5_000n);
  });

  test('keeps the order of its neighbours, whatever they are', () => {
    const payment = JSON.stringify({ transaction_data: data, signature });
    const attestation = JSON.stringify({ transaction_data: attested, signature });
    const kinds = read([payment, '{}', attestation, payment].join(',')).map(({ kind }) => kind);
    expect(kinds).toEqual(['payment', 'refused', 'attestation', 'payment']);
  });

  test('has a sequence that is never rounded', () => {
    const fields = (sequence: string) => {
      const [element] = read(
        JSON.stringify({ transaction_data: data, signature }).replace(
          /}$/,
          `,"ledger_sequence":${sequence},"device_fingerprint":"fp"}`,
        ),
      );
      return element?.kind === 'payment' ? element.chain.fields.sequence : undefined;
    };
    expect(fields('7')).toBe(7n);
    expect(fields('9007199254740993')).toBe(9_007_199_254_740_993n);
    expect(fields('null')).toBeUndefined();
    // Anything else is there, and no sequence.
    expect([fields('1.0'), fields('true'), fields('[]')]).toEqual([false, false, false]);
  });
});

describe('signed for storing', () => {
  const pair = (body: unknown, beside?: string) => {
    const text = JSON.stringify(body);
    const read = readBody(Buffer.from(text));
    return read && readPair(read.text, read.node, beside);
  };

  test('comes as a pair, or as the dict with the signature beside it', () => {
    const text = JSON.stringify(data);
    expect(pair({ transaction_data: data, signature })).toMatchObject({ ok: true, text });
    expect(pair(data, signature)).toMatchObject({ ok: true, text });
    const unescaped = Buffer.alloc(256, 0xfb).toString('base64').replaceAll('+', ' ');
    expect(pair(data, unescaped)).toMatchObject({ ok: true });
  });

  test.each<[string, unknown, string | undefined, string]>([
    ['the dict alone', data, undefined, sentences.missing(['transaction_data'])],
    ['half of it', { amount: '1' }, signature, sentences.missing(Object.keys(data).slice(1))],
    ['no signature', { transaction_data: data }, undefined, sentences.signature],
    ['nothing to pay', { ...data, amount: '0' }, signature, sentences.amountZero],
  ])('%s is told', (_what, body, beside, reason) => {
    expect(pair(body, beside)).toEqual({ ok: false, reason });
  });
});

test('a body of more values than any client sends is not read', () => {
  expect(readBody(Buffer.from(`[${'0,'.repeat(100_001)}0]`))).toBeUndefined();
});
