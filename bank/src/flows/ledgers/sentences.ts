import type { LedgerCode, LedgerTransaction } from '@sikka/protocol';
import type { RefusalCode } from '../../settlement/index.ts';
import type { LedgerIntakeCode } from './codes.ts';

/** What is wrong with a ledger as a whole: nothing of it is handed in. */
export interface Finding {
  readonly code: LedgerCode | LedgerIntakeCode;
  /** For people; older pages show it as it is. */
  readonly sentence: string;
}

export interface About {
  /** Its place, from 0. */
  readonly entry?: number | undefined;
  readonly txnId?: string | undefined;
  readonly detail?: string | undefined;
}

export function findingOf(code: Finding['code'], about: About = {}): Finding {
  const { entry, txnId, detail } = about;
  const where = txnId === undefined ? `Entry ${entry ?? 0}` : `Transaction ${txnId}`;
  const said = SENTENCES[code];
  return { code, sentence: typeof said === 'string' ? said : said(where, detail ?? '') };
}

type Sentence = string | ((where: string, detail: string) => string);

const SENTENCES: Readonly<Record<Finding['code'], Sentence>> = {
  'ledger/too_large': (_, detail) => `The ledger is too large: ${detail}`,
  'ledger/malformed': (_, detail) => `This is not a ledger: ${detail}`,
  'ledger/key_invalid': (_, detail) => `Invalid key: ${detail}`,
  'ledger/open_failed':
    'The ledger was not sealed to a key of this bank, or was altered on the way',
  'ledger/empty': 'The ledger has no entries',
  'ledger/transaction_malformed': (where, detail) => `${where} cannot be read: ${detail}`,
  'ledger/hash_mismatch': 'Ledger hash mismatch: its receiver signed another ledger',
  'ledger/receiver_key_mismatch': 'The receiver’s key is not the registered one',
  'ledger/receiver_signature_invalid': 'Receiver signature verification failed',
  'ledger/receiver_unknown': 'The receiver of this ledger is not registered and approved',
  'ledger/chain_broken': (where) => `${where}: hash chain broken`,
  'ledger/duplicate_transaction': (where) => `${where} stands in the ledger twice`,
  'ledger/transaction_hash_mismatch': (where) => `${where}: transaction hash mismatch`,
  'ledger/receiver_mismatch': (where) => `${where} is not for the receiver of this ledger`,
  'ledger/sender_unknown': (where) => `${where}: its sender is not registered`,
  'ledger/sender_key_mismatch': (where) => `${where}: its key is not the sender’s registered one`,
  'ledger/sender_signature_invalid': (where) => `${where}: sender signature verification failed`,
  'ledger/amount_invalid': (where) => `${where}: the amount is not exact in the currency`,
};

type Transaction = Pick<LedgerTransaction, 'txnId' | 'fromId' | 'toId'>;

export function replaySentence({ txnId }: Transaction): string {
  return `Transaction ${txnId} already settled (replay detected)`;
}

export function pendingSentence({ txnId }: Transaction): string {
  return `Transaction ${txnId} is stored, not decided yet`;
}

export function forkSentence(position: number): string {
  return `Ledger fork detected at entry ${position}: held for review`;
}

/** Why one transaction of a ledger that is in order did not settle (spec/settlement.md §7). */
export function refusalSentence(
  code: RefusalCode | 'acceptable' | undefined,
  { txnId, fromId, toId }: Transaction,
): string {
  const where = `Transaction ${txnId}`;
  switch (code) {
    case 'limit_wallet_inactive':
      return `${where}: sender ${fromId} has no approved wallet`;
    case 'payer_mismatch':
      return `${where}: the wallet it names is not the sender’s`;
    case 'payee_unknown':
      return `${where}: receiver ${toId} is not registered and approved`;
    case 'self_payment':
      return `${where}: sender and receiver are one person`;
    case 'amount_invalid':
      return `${where}: the amount is not exact in the currency of the wallet`;
    case 'insufficient_funds':
      return `Insufficient limit for transaction ${txnId}`;
    case 'order_conflict':
      return `${where}: its id belongs to another transaction of this sender`;
    case 'review_rejected':
      return `${where}: rejected by review`;
    default:
      return `${where} refused: ${code ?? 'no reason given'}`;
  }
}
