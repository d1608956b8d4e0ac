import { randomBytes } from 'node:crypto';
import type { Pool, Tx } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { writeCreditTransfer } from './credit-transfer.ts';
import type { Drop } from './drop.ts';
import { limits } from './limits.ts';
import type { PayoutWord } from './messages.ts';
import type { Payout, RailEars } from './rail.ts';
import * as store from './store/payouts.ts';
import type { PayoutRow, WordOutcome } from './store/payouts.ts';

/** Keeps whose account money goes to from whoever reads the database. */
export interface PayeeSeal {
  /** `context` says what this is and where it lies; the same text opens it, no other does. */
  seal(plaintext: Uint8Array, context: string): Promise<Uint8Array>;
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

type Payee = Pick<Payout, 'iban' | 'name'>;

export function contextOf(endToEndId: string): string {
  return `sikka/payout/v1/${endToEndId}`;
}

/** Writes down what has to be paid, in the transaction that takes the money from the person. */
export async function notePayout(
  tx: Tx,
  payout: Payout,
  on: { readonly vault: PayeeSeal; readonly at: Date },
): Promise<void> {
  const { endToEndId, iban, name } = payout;
  const payee: Payee = { iban, name };
  const text = Buffer.from(JSON.stringify(payee));
  const sealed = await on.vault.seal(text, contextOf(endToEndId));
  await store.insertPayout(tx, { ...payout, payee: sealed, at: on.at });
}

export interface Sending {
  readonly pool: Pool;
  readonly drop: Drop;
  readonly vault: PayeeSeal;
  /** Our IBAN at the other bank. */
  readonly account: string;
  readonly now: Date;
}

/**
 * Puts what waits into messages, then writes the file of every message not known to be there, then
 * says so. Killed anywhere between, it writes the same bytes under the same name the next time:
 * which payouts are in which message is settled before the first byte, and for ever.
 */
export async function sendPayouts(on: Sending): Promise<number> {
  for (;;) {
    const id = randomBytes(16).toString('hex');
    const message = { id, at: on.now, most: limits.payoutsOfMessage };
    if ((await inTransaction(on.pool, (tx) => store.fillMessage(tx, message))) === 0) break;
  }
  const messages = await store.unsentMessages(on.pool);
  for (const { id, at } of messages) await sendMessage(on, id, at);
  return messages.length;
}

async function sendMessage(on: Sending, messageId: string, at: Date): Promise<void> {
  const { pool, drop, vault, account } = on;
  const payouts: Payout[] = [];
  for (const { payee: sealed, ...payout } of await store.payoutsOfMessage(pool, messageId)) {
    // One that is over was answered: its file is there, and another process has just said so.
    if (sealed === null) return store.markSent(pool, messageId);
    const text = Buffer.from(await vault.open(sealed, contextOf(payout.endToEndId)));
    // Sealed by `notePayout`, for this payout.
    payouts.push({ ...payout, ...(JSON.parse(text.toString('utf8')) as Payee) });
  }
  await drop.write(
    `${messageId}.pacs.008.xml`,
    writeCreditTransfer({ messageId, at, account, payouts }),
  );
  await store.markSent(pool, messageId);
}

/** What another bank's file says of our payouts, in the transaction that notes the file as read. */
export async function hearWords(
  tx: Tx,
  words: readonly PayoutWord[],
  on: {
    readonly file: string;
    readonly endPayout: RailEars['endPayout'];
    readonly warn: (event: string, fields: Readonly<Record<string, string>>) => void;
    readonly now: Date;
  },
): Promise<number> {
  const { file, endPayout, warn, now } = on;
  const ids = words.map(({ endToEndId }) => endToEndId);
  const payouts = new Map(await store.lockPayouts(tx, ids));
  let told = 0;
  for (const [place, word] of words.entries()) {
    const { endToEndId, said } = word;
    const payout = payouts.get(endToEndId);
    const outcome = judgeWord(word, payout);
    await store.insertWord(tx, { endToEndId, said, file, place, outcome, at: now });
    if (payout !== undefined && (outcome === 'settled' || outcome === 'rejected')) {
      payouts.set(endToEndId, { ...payout, status: outcome });
      await store.endPayout(tx, endToEndId, outcome);
      await endPayout(tx, { endToEndId, outcome }, now);
      told += 1;
    }
    if (outcome === 'contradicts' || outcome === 'unknown') {
      warn('rail.payout_word', { file, place: String(place), outcome });
    }
  }
  return told;
}

/**
 * What one word means for a payout as it stands. The first that ends it does; one that says
 * otherwise later, or of another amount or message, moves nothing: a person looks at it.
 */
export function judgeWord(word: PayoutWord, payout: PayoutRow | undefined): WordOutcome {
  if (payout === undefined) return 'unknown';
  const { said, messageId, amount } = word;
  if (payout.status === 'waiting') return 'contradicts';
  if (messageId !== undefined && messageId !== payout.messageId) return 'contradicts';
  if (
    amount !== undefined &&
    (amount.amountMinor !== payout.amountMinor || amount.currency !== payout.currency)
  ) {
    return 'contradicts';
  }
  switch (payout.status) {
    case 'sending':
    case 'sent':
      return said === 'open' ? 'open' : said === 'paid' ? 'settled' : 'rejected';
    case 'settled':
      return said === 'refused' ? 'contradicts' : 'known';
    case 'rejected':
      return said === 'paid' ? 'contradicts' : 'known';
  }
}
