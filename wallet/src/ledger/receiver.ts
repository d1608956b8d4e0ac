import {
  ledgerEntryText,
  openTransaction,
  ProtocolError,
  sealLedger,
  webCryptoVerifier,
} from '@sikka/protocol';
import type { LedgerHead, PublicJwk, ReceivedTransaction } from '@sikka/protocol';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { framesOf } from './carried.ts';
import { freshSecrets } from './fresh-secrets.ts';
import { partyOf, readKey } from './keys.ts';
import type { LedgerKeys, LedgerPublicKeys } from './keys.ts';
import { openValue } from './storage.ts';
import type { LedgerStorage } from './storage.ts';

export interface LedgerReceiverOptions {
  /** The receiver's id at the bank: `to_id`. */
  readonly id: string;
  readonly keys: LedgerKeys;
  readonly storage: LedgerStorage;
}

/** What was received. Whose key signed it, only the bank knows. */
export interface ReceivedEntry {
  readonly index: number;
  readonly txnId: string;
  readonly fromId: string;
  /** In the major unit of the wallet that is debited. */
  readonly amount: string;
  readonly timestamp: string;
}

export interface LedgerReceiver {
  readonly publicKeys: LedgerPublicKeys;
  /**
   * Opens a sender's file, verifies it as far as anybody can offline, and appends it to the ledger.
   * The same file again is answered with its entry, `isNew` false.
   */
  accept(
    file: string,
  ): Promise<Outcome<{ readonly entry: ReceivedEntry; readonly isNew: boolean }>>;
  entries(): Promise<Outcome<{ readonly entries: readonly ReceivedEntry[] }>>;
  /** The whole ledger signed and sealed to the bank: the body of `/settle-ledger`. */
  exportForBank(bankKey: PublicJwk | string): Promise<
    Outcome<{
      readonly file: string;
      /** Undefined where it is too long to be shown. */
      readonly frames: readonly string[] | undefined;
    }>
  >;
}

interface Kept {
  readonly entry: ReceivedEntry;
  /** The transaction's hash. */
  readonly hash: string;
  /** The entry as it stands in the ledger. */
  readonly text: string;
}

interface Ledger {
  readonly head?: LedgerHead;
  readonly kept: readonly Kept[];
}

/** The receiver of sealed ledgers (spec/sealed-ledger.md): one ledger for one `storage` and id. */
export function openLedgerReceiver({ id, keys, storage }: LedgerReceiverOptions): LedgerReceiver {
  const { signer, agreement, publicKeys } = partyOf(keys);
  const empty: Ledger = { kept: [] };
  const key = `sikka_ledger_receiver:${id}`;
  const ledger = openValue<Ledger>(storage, key, { empty, isValue: isLedger });

  return {
    publicKeys,
    accept: (file) =>
      answering(async () => {
        const opened = await openTransaction(file, {
          agreements: [agreement],
          verifier: webCryptoVerifier,
        });
        if (!opened.ok) return refuse(opened.code, opened.detail);
        const received = opened.value;
        if (received.transaction.toId !== id) {
          return refuse('wallet/ledger_not_ours', 'it names another receiver');
        }
        return ledger.change(async (stored) => append(stored, received));
      }),
    entries: () =>
      answering(async () => {
        const { kept } = await ledger.read();
        return { ok: true, entries: kept.map(({ entry }) => entry) };
      }),
    exportForBank: (bankKey) =>
      answering(async () => {
        const peer = readKey(bankKey);
        if (!peer.ok) return peer;
        const { kept } = await ledger.read();
        if (kept.length === 0) return refuse('wallet/ledger_empty', 'nothing was received');
        const texts = kept.map(({ text }) => text);
        const envelope = { signer, peer: peer.point, agreement, secrets: freshSecrets() };
        try {
          const file = await sealLedger(texts, envelope);
          return { ok: true, file, frames: framesOf(file) };
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          return refuse('ledger/too_large', error.message);
        }
      }),
  };
}

type Accepted = Outcome<{ readonly entry: ReceivedEntry; readonly isNew: boolean }>;

function append(
  { head, kept }: Ledger,
  { transaction, hash, text }: ReceivedTransaction,
): { readonly next?: Ledger; readonly result: Accepted } {
  const { txnId, fromId, amount, timestamp } = transaction;
  const known = kept.find(({ entry }) => entry.txnId === txnId && entry.fromId === fromId);
  if (known !== undefined && known.hash !== hash) {
    return { result: refuse('wallet/ledger_duplicate', 'another transaction has this id') };
  }
  if (known !== undefined) return { result: { ok: true, entry: known.entry, isNew: false } };
  const next = ledgerEntryText(head, { text, hash });
  const entry = { index: next.head.index, txnId, fromId, amount, timestamp };
  return {
    next: { head: next.head, kept: [...kept, { entry, hash, text: next.text }] },
    result: { ok: true, entry, isNew: true },
  };
}

function isLedger(value: unknown): value is Ledger {
  return (
    typeof value === 'object' && value !== null && 'kept' in value && Array.isArray(value.kept)
  );
}
