import { randomBytes } from 'node:crypto';
import type { Pool, Tx } from '../../db/index.ts';
import type { Log } from '../../log.ts';
import { limits } from '../limits.ts';
import {
  claimMails,
  insertMail,
  markGone,
  markLater,
  markSent,
  pruneMails,
} from '../store/index.ts';
import type { ClaimedMail } from '../store/index.ts';
import { openMail, sealMail } from './sealing.ts';
import type { Sealer } from './sealing.ts';
import { missingValues, renderMail, TEMPLATES } from './templates.ts';
import type { MailLanguage, TemplateName } from './templates.ts';
import { isMailAddress } from './text.ts';
import type { MailTransport, Sent } from './transport.ts';

export interface NewMail {
  /** Whose it is, so that it goes when the person's data goes; none for a stranger's address. */
  readonly accountId?: bigint;
  readonly to: string;
  readonly template: TemplateName;
  readonly language: MailLanguage;
  /** What the template needs (`TEMPLATES`); more is ignored. */
  readonly values: Readonly<Record<string, string>>;
  readonly at: Date;
}

export interface Mailer {
  /**
   * Writes the mail in the caller's transaction: it is sent if that commits, and never else.
   * Sealed, because it may hold a code. Throws `RangeError` for an address that is none, and
   * where a value is missing.
   */
  queue(tx: Tx, mail: NewMail): Promise<void>;
  /** Sends what is due; answers how many were tried. Any number of processes may run it. */
  drain(): Promise<number>;
  /** Sends soon, without waiting: to be called after the commit of a `queue`. */
  wake(): void;
  /** Clears what the mailbox page no longer shows, and the rows of mails long gone. */
  prune(): Promise<void>;
  /** Waits for what is being sent. */
  close(): Promise<void>;
}

export interface MailerOptions {
  readonly pool: Pool;
  readonly vault: Sealer;
  readonly bank: string;
  /** Undefined, in a demo only: mails are kept for the mailbox page and go nowhere. */
  readonly transport: MailTransport | undefined;
  /** The sender's address, after whose domain messages are named. */
  readonly from: string;
  /** Sent mails stay readable for the mailbox page. */
  readonly demo: boolean;
  readonly clock: () => Date;
  readonly log: Log;
}

/** Mails from an outbox: written with their cause, sent afterwards at least once. */
export function createMailer(options: MailerOptions): Mailer {
  let running: Promise<number> | undefined;
  const drain = () => (running ??= drainAll(options).finally(() => (running = undefined)));
  return {
    queue: (tx, mail) => queue(tx, mail, options),
    drain,
    // What goes wrong here goes wrong again in the worker's loop, which reports it.
    wake: () => void drain().catch(() => undefined),
    prune: () => pruneMails(options.pool, { keep: limits.mailboxMails, keptMs: limits.mailKeptMs }),
    close: async () => {
      await running?.catch(() => undefined);
      options.transport?.close();
    },
  };
}

async function queue(tx: Tx, mail: NewMail, { vault, bank }: MailerOptions): Promise<void> {
  const { to, values, template, language, accountId, at } = mail;
  if (!isMailAddress(to)) throw new RangeError('A mail goes to one plain address.');
  const missing = missingValues(mail);
  if (missing.length > 0) throw new RangeError(`${template} needs ${missing.join(', ')}.`);
  const needed = Object.fromEntries(
    TEMPLATES[template].needs.map((name) => [name, valueOf(values, name)]),
  );
  const messageId = randomBytes(16).toString('hex');
  const sealed = await sealMail(vault, { bank, messageId }, { to, values: needed });
  const { name: vaultName } = vault;
  await insertMail(tx, {
    messageId,
    accountId,
    template,
    language,
    sealed,
    vault: vaultName,
    at,
  });
}

function valueOf(values: NewMail['values'], name: string): string {
  const value = values[name] ?? '';
  if (value.length > limits.valueCharacters) throw new RangeError(`${name} is too long.`);
  return value;
}

async function drainAll(options: MailerOptions): Promise<number> {
  const until = options.clock().getTime() + limits.workMs;
  for (let tried = 0; ;) {
    const mails = await claimMails(options.pool, {
      leaseMs: limits.mailLeaseMs,
      most: limits.mailsAtOnce,
    });
    await Promise.all(mails.map((mail) => sendOne(mail, options)));
    tried += mails.length;
    const late = options.clock().getTime() > until;
    if (late || mails.length < limits.mailsAtOnce) return tried;
  }
}

/** Claimed for the time of the lease: where this process dies, another sends the same mail. */
async function sendOne(mail: ClaimedMail, options: MailerOptions): Promise<void> {
  const { pool, clock, log, demo } = options;
  const { template, attempts } = mail;
  const sent = await attempt(mail, options);
  if (sent.ok) {
    await markSent(pool, { id: mail.id, at: clock(), keep: demo });
    log.info('mail.sent', { template, attempts });
    return;
  }
  const { reason } = sent;
  if (sent.permanent || attempts >= limits.mailAttempts) {
    await markGone(pool, { id: mail.id, at: clock(), reason });
    log.error('mail.gone', { template, attempts, reason });
    return;
  }
  await markLater(pool, { id: mail.id, pauseMs: pauseMs(attempts), reason });
  log.warn('mail.failed', { template, attempts, reason });
}

async function attempt(mail: ClaimedMail, options: MailerOptions): Promise<Sent> {
  const { template, language, messageId, createdAt: at } = mail;
  const { vault, bank, transport, from, demo } = options;
  if (holdsCode(template) && mail.ageMs > limits.codeLifetimeMs) {
    return { ok: false, permanent: true, reason: 'mail/code_expired' };
  }
  if (transport === undefined) {
    return demo ? { ok: true } : { ok: false, permanent: false, reason: 'mail/no_server' };
  }
  const opened = await openMail(vault, { bank, messageId }, mail.sealed).catch(() => undefined);
  // Another master key may be given at the next start.
  if (opened === undefined) return { ok: false, permanent: false, reason: 'mail/unreadable' };
  const { to, values } = opened;
  const rendered = renderMail({ template, language, values, at });
  const id = `<${messageId}@${domainOf(from)}>`;
  return transport.send({ ...rendered, to, language, messageId: id, date: at });
}

function holdsCode(template: TemplateName): boolean {
  const needs: readonly string[] = TEMPLATES[template].needs;
  return needs.includes('code');
}

/** 5 s, 10 s, 20 s … an hour. */
function pauseMs(attempts: number): number {
  return Math.min(limits.mailFirstPauseMs * 2 ** (attempts - 1), limits.mailLongestPauseMs);
}

/** `Sikka <no-reply@bank.example>` → `bank.example` */
function domainOf(from: string): string {
  return /@([^\s@>]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}
