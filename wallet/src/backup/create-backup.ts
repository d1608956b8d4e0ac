import { encodeCbor } from '@sikka/protocol';
import { pendingDocuments } from '../core/pending.ts';
import type { Wallet } from '../core/wallet.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import { sealWith } from '../keystore/aes-gcm.ts';
import { MAX_BACKUP_PACKETS, PBKDF2_ITERATIONS } from '../limits.ts';
import { codeBytes } from './backup-code.ts';
import { BACKUP_NAME, BACKUP_VERSION, backupKey, headBytes, SALT_BYTES } from './backup-key.ts';

/** A backup as it leaves the phone. */
export interface CreatedBackup {
  /** A `.sikka` file, or a message for frames. */
  readonly bytes: Uint8Array;
  /** Documents in it. */
  readonly count: number;
}

/**
 * Everything of these wallets that the bank has not decided yet, sealed under a code
 * (spec/backup.md): given and accepted payments, contradictions, refunds, returns. No key, no
 * allowance to spend under and no journal is in it, so it restores no spending (spec/journal.md 4).
 *
 * Refuses `wallet/backup_code_unusable` for a code of less than 6 or more than 128 bytes,
 * `wallet/backup_empty` where nothing waits, `wallet/backup_too_large` above 5,000 documents, and
 * `wallet/store_…`.
 */
export async function createBackup(
  wallets: readonly Pick<Wallet, 'journal' | 'bank' | 'clock' | 'random'>[],
  code: string,
): Promise<Outcome<CreatedBackup>> {
  return answering(async () => {
    const [first] = wallets;
    const bytes = codeBytes(code);
    if (bytes === undefined) return refuse('wallet/backup_code_unusable', 'six to 128 bytes');
    const packets = new Map<string, Uint8Array>();
    for (const { journal } of wallets) {
      for (const { documentId, packet } of pendingDocuments(await journal.read())) {
        packets.set(documentId, packet);
      }
    }
    if (first === undefined || packets.size === 0) {
      return refuse('wallet/backup_empty', 'everything is with the bank');
    }
    if (packets.size > MAX_BACKUP_PACKETS) {
      return refuse('wallet/backup_too_large', `${packets.size} documents`);
    }
    const { bank, clock, random } = first;
    const content = encodeCbor([bank.id, bank.account, clock.now(), [...packets.values()]]);
    const head = { salt: random.randomBytes(SALT_BYTES), iterations: PBKDF2_ITERATIONS };
    const sealed = await sealWith(await backupKey(bytes, head), content, headBytes(head));
    const file = [BACKUP_NAME, BACKUP_VERSION, head.salt, head.iterations, sealed];
    return { ok: true, bytes: encodeCbor(file), count: packets.size };
  });
}
