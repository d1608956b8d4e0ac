import { createSecretKey } from 'node:crypto';
import { inTransaction } from '../../src/db/index.ts';
import type { Pool } from '../../src/db/index.ts';
import { createLocalVault } from '../../src/keys/index.ts';
import { createLog } from '../../src/log.ts';
import { createMailer, createSmtpTransport } from '../../src/notify/index.ts';
import type { Mailer, MailTransport, NewMail } from '../../src/notify/index.ts';

export const START = new Date('2026-11-21T03:15:00.000Z');
export const MASTER_KEY = Buffer.alloc(32, 7);

/** A mailer on a database, with a clock that only tests move. */
export interface Desk {
  readonly mailer: Mailer;
  readonly log: readonly string[];
  now: Date;
  later(ms: number): void;
  queue(mail?: Partial<NewMail>): Promise<void>;
}

export interface DeskOptions {
  readonly port?: number;
  readonly transport?: MailTransport;
  readonly demo?: boolean;
  readonly masterKey?: Buffer;
}

export function openDesk(pool: Pool, options: DeskOptions): Desk {
  const log: string[] = [];
  const desk = { now: START };
  const from = 'Sikka <no-reply@bank.example>';
  const smtp = options.port === undefined ? undefined : { host: '127.0.0.1', port: options.port };
  const mailer = createMailer({
    pool,
    vault: createLocalVault([createSecretKey(options.masterKey ?? MASTER_KEY)]),
    bank: 'test-bank',
    transport:
      options.transport ??
      (smtp === undefined ? undefined : createSmtpTransport({ ...smtp, from })),
    from,
    demo: options.demo ?? false,
    clock: () => desk.now,
    log: createLog({ level: 'info', write: (line) => void log.push(line), now: () => desk.now }),
  });
  return Object.assign(desk, {
    mailer,
    log,
    later: (ms: number) => {
      desk.now = new Date(desk.now.getTime() + ms);
    },
    queue: (mail: Partial<NewMail> = {}) =>
      inTransaction(pool, (tx) => mailer.queue(tx, newMail({ at: desk.now, ...mail }))),
  });
}

export function newMail(mail: Partial<NewMail> = {}): NewMail {
  return {
    to: 'ayesha@example.com',
    template: 'login_code',
    language: 'en',
    values: { code: '481516' },
    at: START,
    ...mail,
  };
}
