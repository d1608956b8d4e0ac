import { PAYER_STORE } from '../vault/vault.ts';
import type { Drawer } from '../vault/drawer.ts';

/**
 * Which journal this phone spends from. One that was rolled back spends no more, for good
 * (spec/journal.md 5); after starting anew there is another beside it, under the same keys.
 */
export async function payerJournal(drawer: Drawer): Promise<string> {
  return nameOf((await drawer.get<number>('journal')) ?? 1);
}

/** From the next opening on this phone spends from a fresh journal; the old one stays as it is. */
export async function startNewJournal(drawer: Drawer): Promise<void> {
  await drawer.put('journal', ((await drawer.get<number>('journal')) ?? 1) + 1);
}

function nameOf(generation: number): string {
  return generation === 1 ? PAYER_STORE : `${PAYER_STORE}-${String(generation)}`;
}
