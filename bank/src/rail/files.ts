import { createHash } from 'node:crypto';
import type { Pool, Tx } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { createDrop } from './drop.ts';
import type { Drop, DroppedFile } from './drop.ts';
import type { RailCode } from './errors.ts';
import { readMessage } from './messages.ts';
import type { Credit, RailMessage } from './messages.ts';
import { hearWords, notePayout, sendPayouts } from './payouts.ts';
import type { PayeeSeal } from './payouts.ts';
import type { BankRail, RailEars } from './rail.ts';
import { writeStatusReport } from './status-report.ts';
import { creditsOfFile, findFile, insertCredit, insertFile, seenCredits } from './store/credits.ts';
import type { CreditStatus, KnownFile, SeenCredit } from './store/credits.ts';

export interface FileRailOptions {
  readonly pool: Pool;
  /** Holds `in`, `out`, `done` and `refused`; made where absent. */
  readonly dir: string;
  /** Our account at the other bank, normalised. Money for another is refused. */
  readonly account: string;
  readonly vault: PayeeSeal;
  /** Told of what a person has to look at; ids and codes only. */
  readonly warn: (event: string, fields: Readonly<Record<string, string>>) => void;
}

const NAME = 'iso20022';

/**
 * Money in and out by files of ISO 20022. In: reads credit transfers (pacs.008) and statements
 * (camt.053) from `in`, answers each transfer with a status report (pacs.002) in `out`. An order
 * sends nothing: it waits until its end-to-end id comes in with money (decision 0021). Out: writes
 * credit transfers to `out`; what becomes of them is read from status reports and statements.
 *
 * A file is read in one transaction with whatever it leads to, then answered, then moved to
 * `done`; killed anywhere between, it is answered and moved next time, and never read twice.
 */
export function createFileRail(options: FileRailOptions): BankRail {
  const drop = createDrop(options.dir);
  return {
    name: NAME,
    order: async () => 'ordered',
    pay: async (tx, payout, at) => {
      await notePayout(tx, payout, { vault: options.vault, at });
      return 'ordered';
    },
    send: (now) => sendPayouts({ ...options, drop, now }),
    collect: async (ears, clock) => {
      let told = 0;
      const failures: unknown[] = [];
      for (const name of await drop.list()) {
        try {
          told += await takeFile(options, { drop, name, ears, now: clock() });
        } catch (error) {
          // The others do not wait for this one; it is taken again with the next look.
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return told;
    },
  };
}

interface Taking {
  readonly drop: Drop;
  readonly name: string;
  readonly ears: RailEars;
  readonly now: Date;
}

async function takeFile(options: FileRailOptions, taking: Taking): Promise<number> {
  const { drop, name, now } = taking;
  const { pool, warn } = options;
  const file = await drop.read(name);
  if (file === undefined) return 0;
  const sha256 = createHash('sha256').update(file.bytes).digest();
  const before = await findFile(pool, name);
  let told = 0;
  if (before === undefined) {
    const message = readFile(file, options.account);
    told = await inTransaction(pool, (tx) =>
      noteFile(tx, { ...taking, warn, message, read: { name, sha256, at: now } }),
    );
  }
  const known = before ?? (await findFile(pool, name));
  if (known === undefined) return told;
  if (!Buffer.from(known.sha256).equals(sha256)) {
    warn('rail.file_refused', { file: name, code: 'rail/name_reused' });
    await drop.move(name, 'refused', sha256.toString('hex').slice(0, 16));
    return told;
  }
  if (known.kind === 'pacs.008.001.08') await answer(pool, { drop, name, known, now });
  await drop.move(name, known.refused === null ? 'done' : 'refused');
  return told;
}

function readFile(file: DroppedFile, account: string): RailMessage | RailCode {
  if (file.isTooLarge) return 'rail/too_large';
  const message = readMessage(file.bytes, account);
  return message.ok ? message.value : message.code;
}

interface Noting extends Taking {
  readonly warn: FileRailOptions['warn'];
  readonly message: RailMessage | RailCode;
  readonly read: { readonly name: string; readonly sha256: Uint8Array; readonly at: Date };
}

/** In one transaction: the file, what it says, and what that leads to. */
async function noteFile(tx: Tx, noting: Noting): Promise<number> {
  const { message, read, ears, now, warn, name } = noting;
  if (!(await insertFile(tx, read, message))) return 0;
  if (typeof message === 'string') {
    warn('rail.file_refused', { file: name, code: message });
    return 0;
  }
  if (message.unread > 0) {
    warn('rail.credits_unread', { file: name, count: String(message.unread) });
  }
  const seen = await seenCredits(tx, NAME, message.credits);
  let told = 0;
  for (const credit of message.credits) {
    const known = judgeCredit(credit, seen);
    const status = known ?? (await ears.settle(tx, { rail: NAME, ...credit }, now));
    const { messageId } = message;
    const row = { ...credit, rail: NAME, messageId, status, file: name, at: now };
    await insertCredit(tx, row);
    if (known === undefined) told += 1;
    if (status === 'held' || status === 'contradicts') {
      warn('rail.credit_held', { file: name, reference: credit.reference, status });
    }
  }
  const { endPayout } = ears;
  return told + (await hearWords(tx, message.words, { file: name, endPayout, warn, now }));
}

/**
 * What an earlier message makes of this credit: the same was said, or something else was, of one
 * transaction; undefined: nothing was, so it is news.
 */
export function judgeCredit(
  credit: Credit,
  seen: readonly SeenCredit[],
): Extract<CreditStatus, 'known' | 'contradicts'> | undefined {
  const told = seen.find(
    ({ reference, status }) =>
      reference === credit.reference && (status === 'credited' || status === 'held'),
  );
  if (told === undefined) return undefined;
  const isSame =
    told.endToEndId === credit.endToEndId &&
    told.amountMinor === credit.amountMinor &&
    told.currency === credit.currency;
  return isSame ? 'known' : 'contradicts';
}

async function answer(
  pool: Pool,
  { drop, name, known, now }: Omit<Taking, 'ears'> & { readonly known: KnownFile },
): Promise<void> {
  const credits = await creditsOfFile(pool, name);
  const messageId = Buffer.from(known.sha256).toString('hex').slice(0, 32);
  const answersMessageId = known.messageId ?? '';
  const report = writeStatusReport({ messageId, answersMessageId, credits, at: now });
  await drop.write(`${messageId}.pacs.002.xml`, report);
}
