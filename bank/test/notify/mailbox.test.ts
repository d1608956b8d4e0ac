import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLocalVault } from '../../src/keys/index.ts';
import { mailboxRoutes } from '../../src/notify/index.ts';
import { setDatabaseTime } from '../support/database-time.ts';
import { createTestDatabase } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';
import { MASTER_KEY, openDesk, START } from './desk.ts';
import type { Desk } from './desk.ts';

let database: TestDatabase;
let desk: Desk;

beforeAll(async () => {
  database = await createTestDatabase();
  await setDatabaseTime(database, 'notify_now', START);
  desk = openDesk(database, { demo: true });
});
afterAll(async () => {
  await desk.mailer.close();
  await database.drop();
});

async function page(lang?: 'en' | 'ur'): Promise<string> {
  const vault = createLocalVault([createSecretKey(MASTER_KEY)]);
  const routes = mailboxRoutes({ pool: database.serverPool, vault, bank: 'test-bank' });
  const query = lang === undefined ? {} : { lang };
  const answer = await routes.getMailbox({ query } as Parameters<typeof routes.getMailbox>[0]);
  if (!answer.ok) throw new Error(answer.code);
  return answer.value;
}

test('shows nothing before a mail is sent', async () => {
  expect(await page()).toContain('No mail yet');
  await desk.queue();
  expect(await page('ur')).toContain('ابھی کوئی ای میل نہیں');
});

test('shows what was sent, newest first, in the mail’s own language', async () => {
  await desk.queue({ language: 'ur', to: 'bilal@example.com', values: { code: '234200' } });
  await desk.mailer.drain();
  const shown = await page();
  expect(shown).toContain('<html lang="en" dir="ltr">');
  expect(shown.indexOf('bilal@example.com')).toBeLessThan(shown.indexOf('ayesha@example.com'));
  expect(shown).toContain('<span class="subject" lang="ur" dir="rtl">سائن اِن کا کوڈ</span>');
  expect(shown).toContain('<p class="code" dir="ltr">234200</p>');
  expect(await page('ur')).toContain('<html lang="ur" dir="rtl">');
});

test('shows hostile values as text', async () => {
  const hostile = `"><script>alert(1)</script><img src='x'>&lt;`;
  await desk.queue({ template: 'webhook_added', values: { host: hostile } });
  await desk.queue({ to: `'<script>'@x.example`.replaceAll(/[<>]/g, '') });
  await desk.mailer.drain();
  const shown = await page();
  expect(shown).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=&#39;x&#39;');
  expect(shown).toContain('&#39;script&#39;@x.example');
  expect(shown).not.toMatch(/<script|<img|style=|onload|javascript:/);
});

test('keeps 200 mails readable; a bank that is no demo keeps none', async () => {
  const { queue, mailer } = desk;
  for (let i = 0; i < 205; i += 1) await queue({ values: { code: String(700_000 + i) } });
  await mailer.drain();
  await mailer.prune();
  const shown = await page();
  expect(shown.match(/<details/g)?.length).toBe(200);
  expect(shown).toContain('700204');
  expect(shown).not.toContain('700004');
  const { rows } = await database.ownerPool.query<{ n: bigint }>(
    `select count(*) as n from mails where sealed is not null`,
  );
  expect(rows[0]?.n).toBe(200n);
});

test('a mail is forgotten a month after it was sent, an unsent one is not', async () => {
  await desk.later(29 * 86_400_000);
  await desk.queue();
  await desk.later(2 * 86_400_000);
  await desk.mailer.prune();
  const { rows } = await database.ownerPool.query(`select next_at from mails`);
  expect(rows.length).toBe(1);
});

test('what is forgotten is asked by one look at the clock, for all mails', async () => {
  await database.ownerPool.query(
    `insert into mails (message_id, template, language, sent_at, created_at)
       select md5(n::text), 'blocked', 'en', now(), now() from generate_series(1, 500) as n`,
  );
  await database.ownerPool.query('create sequence looks');
  await database.ownerPool.query('grant usage on sequence looks to sikka_server');
  await database.ownerPool.query(
    `create or replace function notify_now() returns timestamptz language sql stable
       set search_path = pg_catalog, public, pg_temp
       as $$ select nextval('looks') * interval '0' + clock_timestamp() $$`,
  );
  await desk.mailer.prune();
  const { rows } = await database.ownerPool.query<{ n: bigint }>(
    'select last_value as n from looks',
  );
  expect(rows[0]!.n).toBeLessThan(5n);
});
