import { join } from 'node:path';
import { WalletError } from '../../errors.ts';
import type { Outcome, Refusal } from '../../errors.ts';
import { beginTry, NO_TRIES, wrongPin } from '../../keystore/pin.ts';
import type { PinTries } from '../../keystore/pin.ts';
import { LOCK_WAIT_MS } from '../../limits.ts';
import { readIfThere, removeFile, replaceFile } from './durable-files.ts';
import { takeLock } from './file-lock.ts';

interface TryPlace {
  readonly folder: string;
  /** Seconds, by the phone. */
  readonly now: number;
}

/**
 * One guess at the PIN. The count goes up on disk before the guess and is cleared after a right
 * one, one guess at a time, so neither a power cut nor many processes guess for free.
 */
export async function countTry<T extends Outcome>(
  { folder, now }: TryPlace,
  guess: (wrong: Refusal) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  const release = await takeLock(join(folder, 'tries.lock'), LOCK_WAIT_MS);
  if (release === undefined) throw new WalletError('wallet/store_busy', 'tries.lock is held');
  try {
    const path = join(folder, 'tries');
    const { record, refusal } = beginTry(await readTries(path, now), now);
    await replaceFile(path, new TextEncoder().encode(`${record.failures} ${record.lastAt}\n`));
    if (refusal !== undefined) return refusal;
    const answer = await guess(wrongPin(record));
    if (answer.ok) await removeFile(path);
    return answer;
  } finally {
    await release();
  }
}

async function readTries(path: string, now: number): Promise<PinTries> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) return NO_TRIES;
  const match = /^(\d{1,9}) (\d{1,15})\n$/.exec(new TextDecoder().decode(bytes));
  // Written whole, so this was edited: count it against the guesser.
  if (match === null) return { failures: 10, lastAt: now };
  return { failures: Number(match[1]), lastAt: Number(match[2]) };
}
