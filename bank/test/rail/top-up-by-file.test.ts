import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { postJson, signUpAndIn, TEST_PASSWORD } from '../support/person.ts';
import { camt053, OUR_ACCOUNT, pacs008 } from './messages.ts';

const IBAN = 'PK12SIKK0000000000000017';

let dir = '';
let bank: RunningBank;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'sikka-rail-'));
  const env = { RAIL: 'files', RAIL_DIR: dir, RAIL_ACCOUNT: OUR_ACCOUNT };
  bank = await startTestBank(env, { railEvery: 200 });
});
afterAll(async () => {
  await bank.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** As the other bank does: written elsewhere, then moved in whole. */
function send(name: string, text: string): void {
  writeFileSync(path.join(dir, 'in', name), text);
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 30_000; waited += 100) await pause(100);
}

it('a top-up waits for the money, and is credited by it alone, once', async () => {
  const { authorization } = await signUpAndIn(bank.url);
  const headers = { authorization };
  const listed = await fetch(`${bank.url}/api/v1/wallets/`, { headers });
  const wallets = (await listed.json()) as { id: number; wallet_type: string; balance: string }[];
  const { id: wallet_id } = wallets.find(({ wallet_type }) => wallet_type === 'current')!;
  const terms = { wallet_id, amount: '500.00', bank_account_number: IBAN };
  const ask = { ...terms, password: TEST_PASSWORD };
  const asked = await postJson(bank.url, '/api/v1/wallets/topup', ask, 200, headers);
  const code = { wallet_id, otp: asked['otp_demo'] };
  const ordered = await postJson(bank.url, '/api/v1/wallets/topup/verify', code, 202, headers);
  expect(ordered).toMatchObject({ new_balance: '0.00', amount_added: '0.00' });
  const endToEndId = String(ordered['reference']);
  expect(ordered['msg']).toContain(`reference ${endToEndId}.`);
  expect(readdirSync(path.join(dir, 'out'))).toEqual([]);

  const balance = async () => {
    const answer = await fetch(`${bank.url}/api/v1/wallets/${wallet_id}`, { headers });
    return ((await answer.json()) as { balance: string }).balance;
  };
  const done = () => readdirSync(path.join(dir, 'done'));

  const short = { endToEndId, txId: 'BANK-0', amount: '499.00' };
  send('short.xml', pacs008({ messageId: 'SHORT', lines: [short] }));
  await until(() => done().length === 1);
  expect(await balance()).toBe('0.00');

  const line = { endToEndId, txId: 'BANK-1', amount: '500.00' };
  const strange = { endToEndId: 'Rent for May', txId: 'BANK-9', amount: '70.00' };
  const nameless = { ...strange, endToEndId: '', txId: 'BANK-8' };
  const lines = [strange, nameless, line];
  send('right.xml', pacs008({ messageId: 'RIGHT', lines }));
  send('statement.xml', camt053({ messageId: 'DAY', lines: [short, line] }));
  send('twice.xml', pacs008({ messageId: 'TWICE', lines: [{ ...line, txId: 'BANK-2' }] }));
  await until(() => done().length === 4);
  expect(done()).toHaveLength(4);
  expect(await balance()).toBe('500.00');

  const out = path.join(dir, 'out');
  const statuses = readdirSync(out).map((name) => {
    const report = readFileSync(path.join(out, name), 'utf8');
    const of = (tag: string) =>
      [...report.matchAll(new RegExp(`<${tag}>(.*)</${tag}>`, 'g'))].map(([, text]) => text);
    return [...of('OrgnlMsgId'), ...of('TxSts')].join(' ');
  });
  // A stranger's payment beside it waits for a person, and holds up nobody's.
  expect(statuses.sort()).toEqual(['RIGHT ACSC PDNG', 'SHORT PDNG', 'TWICE PDNG']);
  expect(bank.log.join('')).toContain('rail.credit_held');
  expect(bank.log.join('')).toContain('rail.credits_unread');
});
