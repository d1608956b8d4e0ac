import { encodeLedgerItem, hex, openLedgerUpload, webCryptoVerifier } from '../../src/index.ts';
import { answerVector } from '../../src/vectors/index.ts';
import { ecdhKeyOf } from '../support/keys.ts';
import { highS } from '../support/high-s.ts';
import {
  CORE,
  entriesOf,
  envelopeOf,
  OLDER_CORE,
  payloadOf,
  RECEIVER,
  SENDER,
  sentOf,
  signed,
} from '../support/ledgers.ts';
import type { Core, Signed } from '../support/ledgers.ts';
import { family, refused } from './case.ts';
import type { JsonObject, VectorCase, VectorRow } from './case.ts';
import { badItems, badSent } from './sealed-ledger-carried.ts';
import { badLedgers, badProofs } from './sealed-ledger-proofs.ts';
import { badTexts, badTransactions } from './sealed-ledger-texts.ts';
import type { BadLedger } from './sealed-ledger-texts.ts';

const KEYS = {
  privateKey: hex(ecdhKeyOf('ledger/bank').secret),
  receiverKey: hex(RECEIVER.publicKey),
  senderKeys: { 'MEEZAN-001': hex(SENDER.publicKey) },
  currency: 586,
};

type Good = readonly [name: string, about: string, input: JsonObject];

const body = (value: unknown): JsonObject => ({ body: JSON.stringify(value), ...KEYS });
const sealed = async (payload: Core) => body(await envelopeOf(JSON.stringify(payload)));
const oneOf = async (changes: Core) => body(entriesOf([await signed({ ...CORE, ...changes })]));

async function goodSealed(): Promise<readonly Good[]> {
  const one = await signed();
  const two = await signed({ ...CORE, txn_id: 'second', amount: 50, prev_hash: one.hash });
  const both = entriesOf([one, two]);
  const older = entriesOf([await signed(OLDER_CORE)]);
  const more = both.map((entry) => ({ ...entry, received_at: '2026-11-21T03:00:05Z' }));
  return [
    ['sealed', 'Two transactions, sealed to the bank.', await sealed(await payloadOf(both))],
    ['sealed-six-keys', 'As an older page hashes.', await sealed(await payloadOf(older))],
    ['sealed-more', 'What else stands in it is hashed too.', await sealed(await payloadOf(more))],
    ['sealed-high-s', 'A high s.', await sealed(await payloadOf(both, highS(RECEIVER)))],
    ['array', 'A list of entries, signed by senders alone.', body(both)],
    ['entry', 'One entry by itself.', body(both[0])],
    ['ledger', 'With a claim of whose it is.', body(wrapped(both))],
  ];
}

async function goodTransactions(): Promise<readonly Good[]> {
  const one = await signed();
  const jwk = { ...(one['sender_public_key'] as object), ext: true, key_ops: ['verify'] };
  const digits = JSON.stringify(entriesOf([one])).replace('"amount":150.5', '"amount":1505e-1');
  return [
    ['high-s', 'A high s.', body(entriesOf([await signed(CORE, highS(SENDER))]))],
    [
      'jwk-members',
      'As browsers export it.',
      body(entriesOf([{ ...one, sender_public_key: jwk }])),
    ],
    ['amount-digits', 'The same number in other digits.', { body: digits, ...KEYS }],
    ['amount-text', 'A decimal text is a number.', await oneOf({ amount: '12.50' })],
    ['timestamp-number', 'Milliseconds.', await oneOf({ timestamp: 1_795_000_000_123 })],
    ['wallet-null', 'No wallet named; seven keys all the same.', await oneOf({ wallet_id: null })],
    ['names-in-urdu', 'Any letters.', await oneOf({ to_id: 'دکان ۱۷' })],
    ['sent', 'From a sender to a receiver.', toReceiver(await sentOf(JSON.stringify(one)))],
    ['item', 'An item of a batch.', { item: hex(await itemOf(one)), ...KEYS }],
    [
      'item-six-keys',
      'The older form.',
      { item: hex(await itemOf(await signed(OLDER_CORE))), ...KEYS },
    ],
  ];
}

function wrapped(entries: readonly Core[]): Core {
  return { ledger: { receiver_id: 'shop-17', entries, exported_at: '2026-11-21T04:00:00Z' } };
}

function toReceiver(value: Core): JsonObject {
  return {
    sealed: JSON.stringify(value),
    privateKey: hex(ecdhKeyOf('ledger/receiver').secret),
  };
}

/** A transaction as the bank hands it on. */
export async function itemOf(transaction: Signed): Promise<Uint8Array> {
  const upload = await openLedgerUpload(JSON.stringify(entriesOf([transaction])), []);
  const entry = upload.ok ? upload.value.entries[0] : undefined;
  if (entry === undefined) throw new Error('A ledger of a case is none.');
  return encodeLedgerItem(entry.transaction);
}

/** Of good ones the reference's answer is expected; the tests say what that has to be. */
async function accepted([name, about, input]: Good): Promise<VectorRow> {
  const expect = await answerVector('sealed-ledger', input, webCryptoVerifier);
  return { case: name, spec: 'sealed-ledger.md', about, input, expect };
}

async function inputOf({ how, value }: BadLedger): Promise<JsonObject> {
  switch (how) {
    case 'text':
      return { body: value as string, ...KEYS };
    case 'body':
      return body(value);
    case 'payload':
      return sealed(value as Core);
    case 'inside':
      return body(await envelopeOf(value as string | Uint8Array));
    case 'sent':
      return toReceiver(value as Core);
    case 'item':
      return { item: hex(value as Uint8Array), ...KEYS };
  }
}

export async function sealedLedgerVectors(): Promise<readonly VectorCase[]> {
  const good = [...(await goodSealed()), ...(await goodTransactions())];
  const one = await signed();
  const bad = [
    ...(await badTexts()),
    ...(await badTransactions()),
    ...(await badLedgers()),
    ...(await badProofs()),
    ...(await badSent(one)),
    ...badItems(await itemOf(one)),
  ];
  const refusals = bad.map(async (each): Promise<VectorRow> => {
    const { name, about, code } = each;
    const input = await inputOf(each);
    return { case: name, spec: 'sealed-ledger.md', about, input, expect: refused(code) };
  });
  return family('sealed-ledger', [
    ...(await Promise.all(good.map(accepted))),
    ...(await Promise.all(refusals)),
  ]);
}
