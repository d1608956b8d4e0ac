import { createSecretKey } from 'node:crypto';
import { inTransaction } from '../../src/db/index.ts';
import { createLocalVault } from '../../src/keys/index.ts';
import { createLog } from '../../src/log.ts';
import { createMailer, createSmtpTransport } from '../../src/notify/index.ts';
import type { Mailer, MailTransport, NewMail } from '../../src/notify/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { setDatabaseTime } from '../support/database-time.ts';

export const START = new Date('2026-11-21T03:15:00.000Z');
export const MASTER_KEY = Buffer.alloc(32, 7);

/** A mailer on a database, with clocks that only tests move. */
export interface Desk {
  readonly mailer: Mailer;
  readonly log: readonly string[];
  now: Date;
  /** By this process's clock and by the database's, which then say the same. */
  later(ms: number): Promise<void>;
  queue(mail?: Partial<NewMail>): Promise<void>;
}

export interface DeskOptions {
  readonly port?: number;
  readonly transport?: MailTransport;
  readonly demo?: boolean;
  readonly masterKey?: Buffer;
  /** Default: when the tests begin. */
  readonly now?: Date;
}

export function openDesk(database: TestDatabase, options: DeskOptions): Desk {
  const { serverPool: pool } = database;
  const log: string[] = [];
  const desk = { now: options.now ?? START };
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
    later: async (ms: number) => {
      desk.now = new Date(desk.now.getTime() + ms);
      await setDatabaseTime(database, 'notify_now', desk.now);
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
