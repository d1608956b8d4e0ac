import { hex } from '../bytes.ts';
import type { LedgerCode } from './codes.ts';
import { chainHash, transactionHash } from './transaction.ts';
import type { LedgerEntry } from './transaction.ts';

/** Something that an entry says and its own bytes contradict. */
export interface LedgerFinding {
  /** Its place in the upload, from 0. */
  readonly entry: number;
  readonly code: Extract<
    LedgerCode,
    'ledger/chain_broken' | 'ledger/duplicate_transaction' | 'ledger/transaction_hash_mismatch'
  >;
  readonly txnId: string;
}

const GENESIS = 'GENESIS';

/**
 * Everything wrong with a ledger's hashes, indices and ids (spec/sealed-ledger.md §4), in the order
 * of its entries. No key and no signature is asked. A broken link is named once: what follows is
 * measured by the entry before it as written.
 */
export function checkLedger(entries: readonly LedgerEntry[]): readonly LedgerFinding[] {
  const findings: LedgerFinding[] = [];
  const seen = new Set<string>();
  let before = GENESIS;
  for (const [i, entry] of entries.entries()) {
    const { index, hash, transactionHash: claimed, transaction } = entry;
    const { txnId, fromId } = transaction;
    const found = (code: LedgerFinding['code']) => findings.push({ entry: i, code, txnId });
    if (index !== i || hash !== chainHash(before, claimed)) found('ledger/chain_broken');
    before = hash;
    if (hex(transactionHash(transaction)) !== claimed) found('ledger/transaction_hash_mismatch');
    const name = JSON.stringify([fromId, txnId]);
    if (seen.has(name)) found('ledger/duplicate_transaction');
    seen.add(name);
  }
  return findings;
}
