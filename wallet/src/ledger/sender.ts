import { ProtocolError, sealTransaction, signLedgerTransaction } from '@sikka/protocol';
import type { PublicJwk } from '@sikka/protocol';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { MAX_KEPT_FILES } from '../limits.ts';
import { framesOf } from './carried.ts';
import { freshSecrets } from './fresh-secrets.ts';
import { partyOf, readKey } from './keys.ts';
import type { LedgerKeys, LedgerPublicKeys } from './keys.ts';
import { openValue } from './storage.ts';
import type { LedgerStorage } from './storage.ts';

export interface LedgerSenderOptions {
  /** The sender's id at the bank: `from_id`. */
  readonly id: string;
  /** The limit wallet that is debited; nothing for a sender's only one. */
  readonly walletId?: string;
  readonly keys: LedgerKeys;
  readonly storage: LedgerStorage;
  readonly clock: () => Date;
}

/** A transaction sealed to its receiver. */
export interface SealedFile {
  readonly txnId: string;
  /** To be handed over as a file; only the receiver opens it. */
  readonly file: string;
  /** The same as QR texts. */
  readonly frames: readonly string[];
}

export interface LedgerSender {
  readonly publicKeys: LedgerPublicKeys;
  /** Signs and seals a transaction; it is stored before it is given out. */
  create(payment: {
    readonly toId: string;
    /** The receiver's key agreement key, as it exports it. */
    readonly toKey: PublicJwk | string;
    /** In the major unit, as JavaScript prints the number: `150.5`. */
    readonly amount: string;
  }): Promise<Outcome<SealedFile>>;
  /** The last files, to be handed over again. */
  files(): Promise<Outcome<{ readonly files: readonly SealedFile[] }>>;
}

interface Made {
  /** The hash of the last transaction: the next one names it. */
  readonly lastHash: string;
  readonly files: readonly { readonly txnId: string; readonly file: string }[];
}

/** The sender of sealed ledgers (spec/sealed-ledger.md): one instance for one `storage` and id. */
export function openLedgerSender(options: LedgerSenderOptions): LedgerSender {
  const { id, walletId = '', keys, storage, clock } = options;
  const { signer, agreement, publicKeys } = partyOf(keys);
  const empty: Made = { lastHash: '', files: [] };
  const made = openValue<Made>(storage, `sikka_ledger_sender:${id}`, { empty, isValue: isMade });

  async function seal(
    payment: { readonly toId: string; readonly amount: string },
    peer: Uint8Array,
  ): Promise<SealedFile> {
    return made.change(async ({ lastHash, files }) => {
      const txnId = crypto.randomUUID();
      const timestamp = clock().toISOString();
      const { toId, amount } = payment;
      const names = { txnId, fromId: id, toId, walletId };
      const transaction = await signLedgerTransaction(
        { ...names, amount, timestamp, prevHash: lastHash },
        signer,
      );
      const { hash } = JSON.parse(transaction) as { readonly hash: string };
      const envelope = { signer, peer, agreement, secrets: freshSecrets() };
      const file = await sealTransaction(transaction, envelope);
      const kept = [...files, { txnId, file }].slice(-MAX_KEPT_FILES);
      return { next: { lastHash: hash, files: kept }, result: shown({ txnId, file }) };
    });
  }

  return {
    publicKeys,
    create: ({ toKey, ...payment }) =>
      answering(async () => {
        const peer = readKey(toKey);
        if (!peer.ok) return peer;
        if (!(Number(payment.amount) > 0)) return refuse('amount_zero', 'nothing to pay');
        try {
          return { ok: true, ...(await seal(payment, peer.point)) };
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
          return refuse('wallet/transaction_invalid', error.message);
        }
      }),
    files: () => answering(async () => ({ ok: true, files: (await made.read()).files.map(shown) })),
  };
}

/** One transaction's file always fits the frames. */
function shown({ txnId, file }: { readonly txnId: string; readonly file: string }): SealedFile {
  return { txnId, file, frames: framesOf(file) ?? [] };
}

function isMade(value: unknown): value is Made {
  return (
    typeof value === 'object' &&
    value !== null &&
    'lastHash' in value &&
    typeof value.lastHash === 'string' &&
    'files' in value &&
    Array.isArray(value.files)
  );
}
