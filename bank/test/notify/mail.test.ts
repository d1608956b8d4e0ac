import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { createTestDatabase, freePort } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { setDatabaseTime } from '../support/database-time.ts';
import { MASTER_KEY, newMail, openDesk, START } from './desk.ts';
import type { Desk } from './desk.ts';
import { startMailServer } from './mail-server.ts';
import type { MailServer } from './mail-server.ts';

let database: TestDatabase;
let server: MailServer;
let desk: Desk;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  server = await startMailServer();
  await setDatabaseTime(database, 'notify_now', START);
  desk = openDesk(database, { port: server.port });
});
afterEach(async () => {
  await desk.mailer.close();
  await server.stop();
  await database.ownerPool.query('delete from mails');
});

interface Row {
  readonly sealed: Buffer | null;
  readonly next_at: Date | null;
  readonly sent_at: Date | null;
  readonly gone_at: Date | null;
  readonly attempts: number;
  readonly last_error: string | null;
}

async function rows(): Promise<readonly Row[]> {
  const { rows: found } = await database.ownerPool.query<Row>(
    `select sealed, next_at, sent_at, gone_at, attempts, last_error from mails order by id`,
  );
  return found;
}

const MINUTE = 60_000;

describe('a mail', () => {
  test('is sent once its transaction has committed, to its reader and nobody else', async () => {
    await desk.queue();
    expect(await desk.mailer.drain()).toBe(1);
    expect(await desk.mailer.drain()).toBe(0);
    const [received, ...more] = server.received;
    expect(more).toEqual([]);
    expect([received?.from, received?.to]).toEqual([
      'no-reply@bank.example',
      ['ayesha@example.com'],
    ]);
    const { mail } = received!;
    expect(mail.subject).toBe('Your sign-in code');
    expect(mail.text).toMatch(/\n\n481516\n\n/);
    expect(mail.html).toContain('<bdi>481516</bdi>');
    expect(mail.messageId).toMatch(/^<[0-9a-f]{32}@bank\.example>$/);
    expect(mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
    expect(await rows()).toMatchObject([{ sealed: null, next_at: null, sent_at: START }]);
  });

  test('is not sent where its transaction was undone', async () => {
    const undone = inTransaction(database.serverPool, async (tx) => {
      await desk.mailer.queue(tx, newMail());
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await desk.mailer.drain()).toBe(0);
  });

  test('arrives in Urdu letter by letter, from right to left', async () => {
    await desk.queue({
      language: 'ur',
      template: 'topup_code',
      values: { code: '007123', amount: 'Rs 500' },
    });
    await desk.mailer.drain();
    const { mail } = server.received[0]!;
    expect(mail.subject).toBe('رقم ڈالنے کی تصدیق کریں');
    expect(mail.text).toContain(
      'والٹ میں \u2066Rs 500\u2069 ڈالنے کے لیے یہ کوڈ لکھیں:\n\n007123\n\n',
    );
    expect(mail.html).toContain('<html lang="ur" dir="rtl">');
    expect(mail.html).toContain('والٹ میں <bdi>Rs 500</bdi> ڈالنے');
  });

  test.each([
    ['another recipient', 'a@x.example\r\nBcc: b@y.example'],
    ['a line end of Unix', 'a@x.example\nSubject: x'],
    ['two addresses', 'a@x.example, b@y.example'],
    ['a name before it', 'Ayesha <a@x.example>'],
    ['a space', 'a b@x.example'],
    ['a quoted part', '"a\\"b"@x.example'],
    ['a comment', 'a(b)@x.example'],
    ['two signs', 'a@b@x.example'],
    ['no domain', 'a@'],
    ['no mailbox', '@x.example'],
    ['a domain that starts with a dash', 'a@-x.example'],
    ['letters beyond ASCII', 'عائشہ@x.example'],
    ['a null character', 'a\0@x.example'],
    ['255 characters', `${'a'.repeat(245)}@x.example`],
    ['nothing', ''],
  ])('to %s is refused', async (_, to) => {
    await expect(desk.queue({ to })).rejects.toThrow(RangeError);
    expect(await rows()).toEqual([]);
  });

  test.each([
    ['without its value', {}],
    ['with a value that is a page long', { code: 'x'.repeat(201) }],
    ['with a value of the prototype', Object.create({ code: '481516' }) as Record<string, string>],
  ])('%s is refused', async (_, values) => {
    await expect(desk.queue({ values })).rejects.toThrow(RangeError);
    expect(await rows()).toEqual([]);
  });

  test('says a hostile value as text: no header, no recipient, no tag', async () => {
    const wallet = '12\r\nBcc: eve@evil.example\r\n\r\n<img src=x>\u202e&amp;';
    await desk.queue({ template: 'key_released', values: { wallet, name: 'unused' } });
    await desk.mailer.drain();
    const { to, raw, mail } = server.received[0]!;
    expect(to).toEqual(['ayesha@example.com']);
    expect(raw.split('\r\n\r\n', 1)[0]).not.toContain('evil');
    expect(mail.bcc).toBeUndefined();
    expect(mail.text).toContain('wallet 12 Bcc: eve@evil.example <img src=x> &amp; was');
    expect(mail.html).toContain('<bdi>12 Bcc: eve@evil.example &lt;img src=x&gt; &amp;amp;</bdi>');
  });
});

describe('what lies in the database', () => {
  test('names neither address nor code, before and after', async () => {
    const secrets = ['ayesha@example.com', '481516'].flatMap((secret) => [
      secret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64').slice(0, -2),
    ]);
    await desk.queue();
    server.refuse(450);
    await desk.mailer.drain();
    const found = async () => {
      const { rows: all } = await database.ownerPool.query<{ line: string }>(
        `select m::text as line from mails as m union all select a::text from audit_events as a`,
      );
      return secrets.filter((secret) => all.some(({ line }) => line.includes(secret)));
    };
    expect(await found()).toEqual([]);
    server.refuse(undefined);
    await desk.later(5_000);
    await desk.mailer.drain();
    expect(server.received.length).toBe(1);
    expect(await found()).toEqual([]);
    expect(desk.log.join('')).not.toMatch(/ayesha|481516/);
  });

  test('opens for no other master key: the mail waits', async () => {
    await desk.queue();
    const stranger = openDesk(database, {
      port: server.port,
      masterKey: Buffer.alloc(32, 9),
    });
    await stranger.mailer.drain();
    await stranger.mailer.close();
    expect(server.received).toEqual([]);
    expect(await rows()).toMatchObject([{ gone_at: null, last_error: 'mail/unreadable' }]);
  });
});

describe('a mail server that', () => {
  test('is away is tried again after 5, 10, 20 seconds, and gets the mail once', async () => {
    await Promise.all([desk.mailer.close(), server.stop()]);
    const port = await freePort();
    desk = openDesk(database, { port });
    await desk.queue();
    for (const pause of [5_000, 10_000, 20_000]) {
      await desk.mailer.drain();
      expect(await rows()).toMatchObject([{ next_at: new Date(desk.now.getTime() + pause) }]);
      await desk.later(pause - 1);
      expect(await desk.mailer.drain()).toBe(0);
      await desk.later(1);
    }
    server = await startMailServer({ port });
    await desk.mailer.drain();
    expect(server.received.length).toBe(1);
    expect(await rows()).toMatchObject([{ attempts: 4, sent_at: desk.now, last_error: null }]);
  });

  test.each([
    ['is busy (recipient 450)', 450, undefined, 'smtp/eenvelope_450'],
    ['is full (message 452)', undefined, 452, 'smtp/emessage_452'],
  ])('%s is tried again', async (_, recipient, message, reason) => {
    server.refuse(recipient, message);
    await desk.queue();
    await desk.mailer.drain();
    expect(await rows()).toMatchObject([{ gone_at: null, last_error: reason }]);
  });

  test.each([
    ['knows no such person (recipient 550)', 550, undefined, 'smtp/eenvelope_550'],
    ['takes no such message (554)', undefined, 554, 'smtp/emessage_554'],
  ])(
    '%s is not asked again, and an error wakes somebody',
    async (_, recipient, message, reason) => {
      server.refuse(recipient, message);
      await desk.queue();
      await desk.mailer.drain();
      expect(await rows()).toMatchObject([{ gone_at: START, last_error: reason, sealed: null }]);
      expect(JSON.parse(desk.log.at(-1)!)).toMatchObject({ level: 'error', event: 'mail.gone' });
      expect(desk.log.join('')).not.toContain('ayesha');
      await desk.later(60 * MINUTE);
      expect(await desk.mailer.drain()).toBe(0);
    },
  );

  test('refuses the login is tried again: that is nobody’s address', async () => {
    const strict = await startMailServer({ refuseLogin: true });
    const { createSmtpTransport } = await import('../../src/notify/index.ts');
    const login = { user: 'sikka', password: 'wrong', from: 'no-reply@bank.example' };
    const transport = createSmtpTransport({ host: '127.0.0.1', port: strict.port, ...login });
    const locked = openDesk(database, { transport });
    await locked.queue();
    await locked.mailer.drain();
    await locked.mailer.close();
    await strict.stop();
    expect(await rows()).toMatchObject([{ gone_at: null, last_error: 'smtp/eauth_535' }]);
  });

  test('never recovers is given up after twelve tries', async () => {
    server.refuse(450);
    await desk.queue({ template: 'password_changed', values: {} });
    for (let tries = 1; tries <= 12; tries += 1) {
      expect(await desk.mailer.drain()).toBe(1);
      await desk.later(61 * MINUTE);
    }
    expect(await rows()).toMatchObject([{ attempts: 12, last_error: 'smtp/eenvelope_450' }]);
    expect((await rows())[0]?.gone_at).not.toBeNull();
    expect(await desk.mailer.drain()).toBe(0);
  });
});

test.each([48, -48])(
  'a process whose clock is %i hours off hides no mail from the others, nor throws a code away',
  async (hours) => {
    const off = openDesk(database, {
      port: server.port,
      now: new Date(START.getTime() + hours * 60 * MINUTE),
    });
    await off.queue();
    expect(await desk.mailer.drain()).toBe(1);
    await desk.queue();
    server.refuse(450);
    expect(await off.mailer.drain()).toBe(1);
    expect(await rows()).toMatchObject([{ gone_at: null }, { attempts: 1, gone_at: null }]);
    server.refuse(undefined);
    expect(await desk.mailer.drain()).toBe(0);
    await desk.later(5_000);
    await off.mailer.prune();
    expect(await desk.mailer.drain()).toBe(1);
    expect(server.received.length).toBe(2);
    await off.mailer.close();
  },
);

test('without a mail server nothing passes for sent, but in a demo', async () => {
  const [bank, demo] = [openDesk(database, {}), { demo: true }];
  await bank.queue();
  await bank.mailer.drain();
  expect(await rows()).toMatchObject([{ sent_at: null, last_error: 'mail/no_server' }]);
  await bank.later(5_000);
  const shop = openDesk(database, demo);
  shop.now = bank.now;
  await shop.mailer.drain();
  expect(await rows()).toMatchObject([{ sent_at: bank.now, last_error: null }]);
});

test('a code is not sent after its ten minutes', async () => {
  await desk.queue();
  await desk.later(10 * MINUTE + 1);
  await desk.mailer.drain();
  expect(server.received).toEqual([]);
  expect(await rows()).toMatchObject([{ last_error: 'mail/code_expired', sealed: null }]);
});

test('two senders at once send each of sixty mails once', async () => {
  const second = openDesk(database, { port: server.port });
  for (let i = 0; i < 60; i += 1) await desk.queue({ values: { code: String(100_000 + i) } });
  const [first, other] = await Promise.all([desk.mailer.drain(), second.mailer.drain()]);
  await second.mailer.close();
  expect(first + other).toBe(60);
  expect(server.received.length).toBe(60);
  expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(60);
});

test('a sender killed between sending and noting it: the same mail comes again', async () => {
  await desk.queue({ template: 'password_changed', values: {} });
  const args = [database.url, String(server.port), MASTER_KEY.toString('hex'), START.toISOString()];
  const program = new URL('./killed-sender.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: 'inherit',
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  expect(server.received.length).toBe(1);
  expect(await desk.mailer.drain()).toBe(0);
  await desk.later(2 * MINUTE);
  expect(await desk.mailer.drain()).toBe(1);
  const ids = server.received.map(({ mail }) => mail.messageId);
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(await rows()).toMatchObject([{ attempts: 2, sent_at: desk.now }]);
});
