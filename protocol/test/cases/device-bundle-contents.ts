import { encodeBase64 } from '../../src/index.ts';
import type { BundleCode } from '../../src/index.ts';
import { bundleEnvelope, CONTENT, pushOf, TRANSACTION } from '../support/bundles.ts';
import type { Content } from '../support/bundles.ts';
import type { BadBundle } from './device-bundle.ts';

type Row = readonly [name: string, about: string, code: BundleCode, content: unknown];
type MemberRow = readonly [name: string, about: string, changes: Content, code?: BundleCode];

async function sealedRows(table: readonly Row[]): Promise<readonly BadBundle[]> {
  const rows: BadBundle[] = [];
  for (const [name, about, code, content] of table) {
    rows.push({ name, about, code, input: await pushOf(await bundleEnvelope(content)) });
  }
  return rows;
}

/** Contents that are signed and open, and are no bundle of this push. */
export function badContents(): Promise<readonly BadBundle[]> {
  const text = JSON.stringify(CONTENT);
  const no = 'bundle/content_malformed';
  const many = Array.from({ length: 1_001 }, () => 0);
  return sealedRows([
    ['content-not-json', 'Not JSON.', no, 'bundle'],
    ['content-not-utf-8', 'No text.', no, Uint8Array.of(0x22, 0xff, 0x22)],
    ['content-array', 'No object.', no, [CONTENT]],
    ['content-duplicate-key', 'Named twice.', no, text.replace('{', '{"nonce":"x",')],
    [
      'content-prototype-key',
      'A key of prototypes.',
      no,
      text.replace('"metadata"', '"__proto__"'),
    ],
    ['content-deep', 'Nested too deep.', no, { ...CONTENT, metadata: deep(10) }],
    ['no-nonce', 'A member is missing.', no, { ...CONTENT, nonce: undefined }],
    ['nonce-129', 'A character too long.', no, { ...CONTENT, nonce: 'n'.repeat(129) }],
    ['nonce-number', 'No text.', no, { ...CONTENT, nonce: 5 }],
    ['no-clock', 'A member is missing.', no, { ...CONTENT, device_clock: undefined }],
    ['no-bundle-id', 'A member is missing.', no, { ...CONTENT, bundle_id: undefined }],
    ['no-transactions', 'A member is missing.', no, { ...CONTENT, transactions: undefined }],
    ['transactions-object', 'No list.', no, { ...CONTENT, transactions: {} }],
    ['other-bundle', 'Another’s content.', 'bundle/id_mismatch', { ...CONTENT, bundle_id: 'x' }],
    ['other-device', 'Another’s.', 'bundle/device_mismatch', { ...CONTENT, device_id: 'POS-002' }],
    ['empty', 'No transactions.', 'bundle/empty', { ...CONTENT, transactions: [] }],
    [
      'too-many',
      'More than 1,000.',
      'bundle/too_many_transactions',
      { ...CONTENT, transactions: many },
    ],
    [
      'one-id-twice',
      'Two of one local id.',
      'bundle/duplicate_transaction',
      {
        ...CONTENT,
        transactions: [TRANSACTION, { ...TRANSACTION, amount: 1 }],
      },
    ],
  ]);
}

const IDS: readonly (readonly [name: string, about: string, id: string])[] = [
  ['control', 'A control character.', 'POS\u0007001'],
  ['urdu', 'Not printable ASCII.', 'سکہ'],
  ['129', 'A character too long.', 'x'.repeat(129)],
  ['empty', 'No characters.', ''],
];

/** Ids that are none, in the push and in its content alike. */
export async function badIds(): Promise<readonly BadBundle[]> {
  const rows: BadBundle[] = [];
  for (const [name, about, id] of IDS) {
    const device = await pushOf(await bundleEnvelope({ ...CONTENT, device_id: id }));
    const bundle = await pushOf(await bundleEnvelope({ ...CONTENT, bundle_id: id }));
    const code = 'bundle/content_malformed';
    rows.push(
      { name: `device-id-${name}`, about, code, input: { ...device, deviceId: id } },
      { name: `bundle-id-${name}`, about, code, input: { ...bundle, bundleId: id } },
    );
  }
  return rows;
}

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

const MEMBERS: readonly MemberRow[] = [
  ['no-local-id', 'A member is missing.', { local_id: undefined }],
  ['local-id-empty', 'No characters.', { local_id: '' }],
  ['local-id-129', 'A character too long.', { local_id: 'x'.repeat(129) }],
  ['local-id-urdu', 'Not printable ASCII.', { local_id: 'سکہ' }],
  ['local-id-number', 'No text.', { local_id: 17 }],
  ['no-type', 'A member is missing.', { type: undefined }],
  ['type-unknown', 'Not one of five.', { type: 'refund' }],
  ['type-prototype', 'Not one of five.', { type: 'toString' }],
  ['no-sender', 'A member is missing.', { sender: undefined }],
  ['sender-newline', 'A control character.', { sender: 'a\nb' }],
  ['no-receiver', 'A member is missing.', { receiver: undefined }],
  ['receiver-object', 'No text.', { receiver: { id: 1 } }],
  ['merchant-number', 'No text.', { merchant_id: 5 }],
  ['no-time', 'A member is missing.', { initiated_at: undefined }],
  ['time-number', 'No text.', { initiated_at: 1_795_000_000_000 }],
  ['meta-array', 'No object.', { meta: [] }],
  ['meta-long', 'More than 8,192 characters.', { meta: { note: 'x'.repeat(8_192) } }],
  ['payment-object', 'No text.', { meta: { payment: {} } }],
  ['payment-empty', 'Nothing.', { meta: { payment: '' } }],
  ['payment-not-base64', 'No bytes.', { meta: { payment: 'payment' } }],
  ['payment-lower-case', 'Not as it is shown.', { meta: { payment: 'SK1:aa' } }],
  ['payment-long', 'Over 4,096 bytes.', { meta: { payment: encodeBase64(new Uint8Array(4_098)) } }],
  ['currency-unknown', 'Not in the table.', { currency: 'EUR' }, 'bundle/currency_unknown'],
  ['currency-lower-case', 'Not in the table.', { currency: 'xof' }, 'bundle/currency_unknown'],
  ['no-currency', 'A member is missing.', { currency: undefined }, 'bundle/currency_unknown'],
  ['amount-0', 'Nothing.', { amount: 0 }, 'bundle/amount_invalid'],
  ['amount-negative', 'Less than nothing.', { amount: -5 }, 'bundle/amount_invalid'],
  ['amount-too-fine', 'Finer than the minor unit.', { amount: 0.5 }, 'bundle/amount_invalid'],
  ['amount-exponent', 'No exponent.', { amount: '5e3' }, 'bundle/amount_invalid'],
  ['amount-great', 'Above 2^53 − 1.', { amount: '9007199254740992' }, 'bundle/amount_invalid'],
  ['amount-missing', 'No amount.', { amount: undefined }, 'bundle/amount_invalid'],
  ['amount-list', 'No amount.', { amount: [5] }, 'bundle/amount_invalid'],
];

/** One transaction that is none: the whole bundle is refused. */
export function badTransactions(): Promise<readonly BadBundle[]> {
  const good = { ...TRANSACTION, local_id: 'good' };
  const rows = MEMBERS.map(([name, about, changes, code]): Row => {
    const transactions = [good, { ...TRANSACTION, ...changes }];
    const content = { ...CONTENT, transactions };
    return [name, about, code ?? 'bundle/transaction_malformed', content];
  });
  const number: Row = [
    'transaction-number',
    'No object.',
    'bundle/transaction_malformed',
    { ...CONTENT, transactions: [5] },
  ];
  return sealedRows([...rows, number]);
}
