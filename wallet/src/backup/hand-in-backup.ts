import { uploadPackets } from '../core/upload.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { UPLOAD_PACKETS } from '../limits.ts';
import type { BackedUp, OpenedBackup } from './open-backup.ts';

/** What became of one document. */
export interface HandedIn extends BackedUp {
  readonly result: 'settled' | 'recorded' | 'rejected' | 'pending';
  /** The bank's code, where it rejected. */
  readonly code: string | undefined;
}

export interface HandInOptions {
  /** After every batch: how many of the documents are answered. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Hands a backup's documents to the bank, from any phone of anybody with an account there. The
 * bank's answer is the same whoever brings a document and however often, so it may be done again
 * at any time; this phone's own journal is not touched.
 *
 * Refuses `wallet/not_enrolled`, `wallet/backup_invalid` for another bank's, `wallet/bank_…` and
 * `wallet/answer_invalid`.
 */
export async function handInBackup(
  wallet: Wallet,
  { bank, documents }: OpenedBackup,
  { onProgress }: HandInOptions = {},
): Promise<Outcome<{ readonly handedIn: readonly HandedIn[] }>> {
  return answering(async () => {
    if (bank !== wallet.bank.id) return refuse('wallet/backup_invalid', 'of another bank');
    const { enrolment } = await wallet.journal.read();
    if (enrolment?.answer === undefined) return refuse('wallet/not_enrolled', 'enrol first');
    const handedIn: HandedIn[] = [];
    for (let at = 0; at < documents.length; at += UPLOAD_PACKETS) {
      const batch = documents.slice(at, at + UPLOAD_PACKETS);
      const answer = await uploadPackets(
        wallet,
        batch.map(({ packet }) => packet),
      );
      if (!answer.ok) return answer;
      for (const [index, document] of batch.entries()) {
        const { result = 'pending', code } = answer.outcomes[index] ?? {};
        handedIn.push({ ...document, result, code });
      }
      onProgress?.(handedIn.length);
    }
    return { ok: true, handedIn };
  });
}
