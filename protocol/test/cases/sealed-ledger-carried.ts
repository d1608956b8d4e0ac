import { concatBytes, encodeBase64, encodeCbor, utf8 } from '../../src/index.ts';
import type { CborValue } from '../../src/index.ts';
import { pageCanonical, SENDER, sentOf } from '../support/ledgers.ts';
import type { Signed } from '../support/ledgers.ts';
import { rows } from './sealed-ledger-texts.ts';
import type { BadLedger } from './sealed-ledger-texts.ts';

const TAG = 'sikka/ledger-entry/v1';

/** Files from a sender that their receiver refuses. */
export async function badSent(one: Signed): Promise<readonly BadLedger[]> {
  const sent = await sentOf(JSON.stringify(one));
  const inside = (changes: object) => sentOf(JSON.stringify({ ...one, ...changes }));
  const random = encodeBase64(new Uint8Array(64).fill(7));
  return [
    ...rows('ledger/malformed', 'sent', [
      ['sent-nothing', 'An empty object.', {}],
      ['sent-inside-text', 'What was sealed is no transaction.', await sentOf('x')],
    ]),
    ...rows('ledger/too_large', 'sent', [
      ['sent-too-large', 'More than a code holds.', { ...sent, more: 'x'.repeat(8_192) }],
    ]),
    ...rows('ledger/key_invalid', 'sent', [
      ['sent-no-key', 'An older file.', { ...sent, sender_ecdh_public_key: undefined }],
    ]),
    ...rows('ledger/open_failed', 'sent', [
      ['sent-to-other', 'For another.', await sentOf(JSON.stringify(one), 'ledger/other')],
    ]),
    ...rows('ledger/transaction_malformed', 'sent', [
      ['sent-no-payee', 'A member is missing.', await inside({ to_id: undefined })],
    ]),
    ...rows('ledger/transaction_hash_mismatch', 'sent', [
      ['sent-no-hash', 'No hash.', await inside({ hash: undefined })],
      ['sent-amount-changed', 'Not what was hashed.', await inside({ amount: 1 })],
    ]),
    ...rows('ledger/sender_signature_invalid', 'sent', [
      ['sent-altered', 'Not a signature.', await inside({ signature: random })],
    ]),
  ];
}

/** Items of a batch that are not as the bank writes them. */
export function badItems(good: Uint8Array): readonly BadLedger[] {
  const one = pageCanonical({
    txn_id: 'b8a7c2de-4f2a-4c1e-9d55-0c9d3a7e6f10',
    from_id: 'MEEZAN-001',
    to_id: 'shop-17',
    amount: 150.5,
    timestamp: '2026-11-21T03:00:00.123Z',
    prev_hash: '',
    wallet_id: '4b8e0c52-7d0f-4a7e-8a21-55c1f2f4a9d3',
  });
  const signature = good.slice(-64);
  const item = (text: CborValue, key = SENDER.publicKey, by = signature) =>
    encodeCbor([TAG, text, key, by]);
  const reordered = JSON.stringify(
    Object.fromEntries(Object.entries(JSON.parse(one) as object).reverse()),
  );
  return [
    ...rows('ledger/transaction_malformed', 'item', [
      [
        'item-other-tag',
        'Another tag.',
        encodeCbor(['sikka/x', utf8(one), SENDER.publicKey, signature]),
      ],
      ['item-text', 'The text is bytes.', item(one)],
      ['item-spaces', 'Another spelling.', item(utf8(one.replace('{', '{ ')))],
      ['item-zeros', 'Another spelling.', item(utf8(one.replace('150.5', '150.50')))],
      ['item-order', 'Another order.', item(utf8(reordered))],
      ['item-more', 'A member more.', item(utf8(one.replace('{', '{"x":1,')))],
      ['item-not-utf-8', 'No text.', item(Uint8Array.of(0xff))],
      ['item-key-short', 'A key of 32 bytes.', item(utf8(one), SENDER.publicKey.slice(1))],
      [
        'item-signature-short',
        'A byte short.',
        item(utf8(one), SENDER.publicKey, signature.slice(1)),
      ],
      ['item-cut', 'Not a whole item.', good.slice(0, -1)],
      ['item-longer', 'Something after it.', concatBytes(good, Uint8Array.of(0))],
    ]),
    ...rows('ledger/sender_signature_invalid', 'item', [
      [
        'item-other-signature',
        'Not its signature.',
        item(utf8(one), SENDER.publicKey, new Uint8Array(64).fill(7)),
      ],
    ]),
  ];
}
