import { encodeBase64, publicJwk, utf8 } from '../../src/index.ts';
import { signerOf } from '../support/keys.ts';
import {
  CORE,
  entriesOf,
  OLDER_CORE,
  payloadOf,
  RECEIVER,
  SENDER,
  signed,
} from '../support/ledgers.ts';
import type { Core } from '../support/ledgers.ts';
import { rows } from './sealed-ledger-texts.ts';
import type { BadLedger } from './sealed-ledger-texts.ts';

const STRANGER = signerOf('ES256', 'ledger/stranger');
const BAD_AMOUNTS: readonly (readonly [string, string, unknown])[] = [
  ['amount-0', 'Nothing.', 0],
  ['amount-negative', 'Less than nothing.', -5],
  ['amount-too-fine', 'Finer than the minor unit.', 50.001],
  ['amount-tiny', 'An exponent.', 1e-9],
  ['amount-great', 'An exponent.', 1e21],
  ['amount-2-53', 'Above 2^53 − 1 minor units.', 90_071_992_547_409.92],
];

/** Ledgers whose own hashes, places or ids contradict them. */
export async function badLedgers(): Promise<readonly BadLedger[]> {
  const one = await signed();
  const two = await signed({ ...CORE, txn_id: 'second' });
  const both = entriesOf([one, two]);
  const older = await signed(OLDER_CORE);
  const changed = (changes: Core) => entriesOf([{ ...one, ...changes }]);
  const again = await signed({ ...CORE, amount: 1 });
  return [
    ...rows('ledger/chain_broken', 'body', [
      ['index-from-1', 'Not its place.', both.slice(1)],
      ['swapped', 'Out of order.', [...both].reverse()],
      ['chain-altered', 'Another hash.', [{ ...both[0], hash: 'a'.repeat(64) }]],
      ['not-from-genesis', 'Of another ledger.', [{ ...both[1], ledger_index: 0 }]],
    ]),
    ...rows('ledger/duplicate_transaction', 'body', [
      ['one-twice', 'One transaction in two entries.', entriesOf([one, one])],
      ['one-id-twice', 'One id for two transactions.', entriesOf([one, again])],
    ]),
    ...rows('ledger/transaction_hash_mismatch', 'body', [
      ['amount-changed', 'Not what was hashed.', changed({ amount: 9_999 })],
      ['payee-changed', 'Not what was hashed.', changed({ to_id: 'thief' })],
      ['seven-as-six', 'A wallet taken away.', changed({ wallet_id: undefined })],
      ['six-as-seven', 'A wallet put in.', entriesOf([{ ...older, wallet_id: '' }])],
      ['prev-hash-added', 'Not what was hashed.', changed({ prev_hash: 'b'.repeat(64) })],
    ]),
  ];
}

/** Signatures and keys that are not the registered ones; amounts that are none. */
export async function badProofs(): Promise<readonly BadLedger[]> {
  const one = await signed();
  const own = publicJwk(SENDER.publicKey);
  const signature = (bytes: Uint8Array) => entriesOf([{ ...one, signature: encodeBase64(bytes) }]);
  const stranger = await signed(CORE, STRANGER);
  const amounts: (readonly [string, string, unknown])[] = [];
  for (const [name, about, amount] of BAD_AMOUNTS) {
    amounts.push([name, about, entriesOf([await signed({ ...CORE, amount })])]);
  }
  return [
    ...(await badReceivers()),
    ...rows('ledger/sender_key_mismatch', 'body', [
      ['sender-stranger', 'Another’s key and good signature.', entriesOf([stranger])],
    ]),
    ...rows('ledger/sender_signature_invalid', 'body', [
      ['sender-altered', 'Not a signature.', signature(new Uint8Array(64).fill(7))],
      ['sender-signed-hex', 'The hash’s text.', signature(await SENDER.sign(utf8(one.hash)))],
      ['sender-s-zero', 'No s.', signature(new Uint8Array(64).fill(1, 0, 32))],
      ['sender-all-ones', 'Above the order.', signature(new Uint8Array(64).fill(255))],
      [
        'sender-claims-key',
        'The registered key beside another’s signature.',
        entriesOf([{ ...stranger, sender_public_key: own }]),
      ],
    ]),
    ...rows('ledger/amount_invalid', 'body', amounts),
  ];
}

async function badReceivers(): Promise<readonly BadLedger[]> {
  const entries = entriesOf([await signed(), await signed({ ...CORE, txn_id: 'second' })]);
  const payload = await payloadOf(entries);
  const other = await payloadOf(entries.slice(0, 1));
  const altered = JSON.parse(JSON.stringify(entries).replace('150.5', '950.5')) as unknown;
  const signedHex = encodeBase64(await RECEIVER.sign(utf8(String(payload['hash']))));
  const claimed = publicJwk(RECEIVER.publicKey);
  const stranger = await payloadOf(entries, STRANGER);
  return [
    ...rows('ledger/hash_mismatch', 'payload', [
      ['other-hash', 'The hash of another ledger.', { ...payload, hash: other['hash'] }],
      ['ledger-altered', 'An amount changed after signing.', { ...payload, ledger: altered }],
      ['ledger-cut', 'An entry left out.', { ...payload, ledger: entries.slice(0, 1) }],
    ]),
    ...rows('ledger/receiver_key_mismatch', 'payload', [
      ['receiver-stranger', 'A key that is not registered.', stranger],
    ]),
    ...rows('ledger/receiver_signature_invalid', 'payload', [
      ['receiver-other', 'Of another ledger.', { ...payload, signature: other['signature'] }],
      ['receiver-signed-hex', 'Over the hash’s text.', { ...payload, signature: signedHex }],
      [
        'receiver-claims-key',
        'The registered key beside another’s signature.',
        {
          ...stranger,
          receiver_public_key: claimed,
        },
      ],
    ]),
  ];
}
