import { openLedgerUpload } from '@sikka/protocol';
import type { LedgerUpload } from '@sikka/protocol';
import type { SealingOpeners } from '../../keys/index.ts';
import { limits } from './limits.ts';
import { findingOf } from './sentences.ts';
import type { Finding } from './sentences.ts';

/** Reads the body of both ledger routes, opening what is sealed to the bank. */
export async function readLedger(
  openers: SealingOpeners,
  body: Uint8Array,
  now: Date,
): Promise<
  | { readonly ok: true; readonly value: LedgerUpload }
  | { readonly ok: false; readonly findings: readonly Finding[] }
> {
  // UTF-8 since it was parsed as JSON at the door.
  const text = new TextDecoder().decode(body);
  const opened = await openLedgerUpload(text, await openers.agreements(now));
  if (!opened.ok) {
    const { code, detail, entry } = opened;
    return { ok: false, findings: [findingOf(code, { entry, detail })] };
  }
  const { signed, entries } = opened.value;
  if (signed !== undefined && entries.length > limits.sealedEntries) {
    const detail = `more than ${limits.sealedEntries} entries`;
    return { ok: false, findings: [findingOf('ledger/too_large', { detail })] };
  }
  return opened;
}
