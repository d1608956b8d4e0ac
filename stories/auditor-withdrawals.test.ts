import { audit } from '@sikka/auditor';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';

const IBAN = 'PK36SCBL0000001123456702';
const CHECK = 'other transfers';

let story: StoryBank;
beforeAll(async () => {
  story = await openStoryBank();
  const { bank, database } = story;
  let headers: Record<string, string> = {};
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${bank.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    expect(answer.ok, `${path} ${text}`).toBe(true);
    return JSON.parse(text) as Record<string, unknown>;
  };
  const [email, password] = ['ayesha@example.com', 'Seven-Rivers-9'];
  const device = { device_fingerprint: 'phone-1' };
  const begun = await post('/auth/login', { email, password, ...device });
  const code = { email, otp: begun['otp_demo'], nonce: begun['nonce_demo'], ...device };
  const tokens = await post('/auth/login/confirm', code);
  headers = { authorization: `Bearer ${String(tokens['access_token'])}` };
  const listed = await fetch(`${bank.url}/api/v1/wallets/`, { headers });
  const wallets = (await listed.json()) as { id: number; wallet_type: string }[];
  const wallet_id = wallets.find(({ wallet_type }) => wallet_type === 'current')?.id;
  const money = { wallet_id, amount: '700.00', bank_account_number: IBAN };
  const asked = await post('/api/v1/wallets/topup', { ...money, password });
  await post('/api/v1/wallets/topup/verify', { wallet_id, otp: asked['otp_demo'] });
  await database.ownerPool.query(
    `update sessions set stepped_up_at = now(), stepped_up_by = 'otp'`,
  );
  const made = await post('/api/v1/wallets/withdraw', { ...money, amount: '300.00' });
  expect(made).toMatchObject({ status: 'settled', amount: '300.00' });
  await post('/api/v1/wallets/withdraw', { ...money, amount: '50.00' });
});
afterAll(() => story.stop());

const firstWrong = async (check: string) => {
  const { checks } = await audit({ databaseUrl: story.database.url });
  return checks.find(({ name }) => name === check)?.firstWrong;
};

/** Owners may do anything; evidence is append-only for everybody else. */
async function tamper(sql: string): Promise<void> {
  const owner = new pg.Client({ connectionString: story.database.url });
  await owner.connect();
  try {
    for (const table of ['ledger_transfers', 'audit_events']) {
      await owner.query(`alter table ${table} disable trigger user`);
    }
    await owner.query(sql);
  } finally {
    await owner.end();
  }
}

describe('the auditor follows money that goes out', () => {
  it('and finds nothing where nobody touched it', async () => {
    expect(await firstWrong(CHECK)).toBeUndefined();
    expect(await firstWrong('audit chain')).toBeUndefined();
    expect(await firstWrong('balances')).toBeUndefined();
  });

  it.each<[string, string, string, RegExp]>([
    [
      'a withdrawal is said to have come back',
      `update withdrawals set status = 'returned' where id = 1`,
      `update withdrawals set status = 'settled' where id = 1`,
      /payout that nothing asks for|without its withdrawal_return/,
    ],
    [
      'one that is out is said to be still on its way',
      `update withdrawals set status = 'ordered' where id = 2`,
      `update withdrawals set status = 'settled' where id = 2`,
      /payout that nothing asks for/,
    ],
    [
      'more is said to have gone out',
      `update withdrawals set amount = amount + 1 where id = 1`,
      `update withdrawals set amount = amount - 1 where id = 1`,
      /amount/,
    ],
    [
      'a withdrawal is another wallet’s',
      `update withdrawals set wallet = (select max(number) from wallets w where w.number <> wallet)
         where id = 1`,
      `update withdrawals set wallet = (select wallet from withdrawals where id = 2) where id = 1`,
      /debit_account/,
    ],
    [
      'the transfer of one is gone',
      `update ledger_transfers set reference = convert_to('withdrawal:77', 'UTF8')
         where kind = 'withdrawal' and reference = convert_to('withdrawal:2', 'UTF8')`,
      `update ledger_transfers set reference = convert_to('withdrawal:2', 'UTF8')
         where kind = 'withdrawal' and reference = convert_to('withdrawal:77', 'UTF8')`,
      /without its withdrawal|that nothing asks for/,
    ],
  ])('and names the row where %s', async (_name, sql, back, what) => {
    await tamper(sql);
    expect((await firstWrong(CHECK))?.what).toMatch(what);
    await tamper(back);
    expect(await firstWrong(CHECK)).toBeUndefined();
  });

  it('and names a top-up that is said to be somebody else’s', async () => {
    await tamper(`update top_ups set account_id = account_id + 1`);
    expect(await firstWrong('stored columns')).toMatchObject({ table: 'top_ups' });
    await tamper(`update top_ups set account_id = account_id - 1`);
    expect(await firstWrong('stored columns')).toBeUndefined();
  });

  it('and names one whose money came back although its event says that it went out', async () => {
    const turn = (status: string, from: string, to: string, column: string, kind: string) => `
      update withdrawals set status = '${status}' where id = 1;
      update ledger_transfers as t set kind = '${to}', credit_account = o.${column}
        from ledger_transfers as o
        where t.kind = '${from}' and t.reference = convert_to('withdrawal:1', 'UTF8')
          and o.kind = '${kind}' and o.reference = convert_to('withdrawal:2', 'UTF8')`;
    await tamper(turn('returned', 'payout', 'withdrawal_return', 'debit_account', 'withdrawal'));
    expect(await firstWrong(CHECK)).toBeUndefined();
    expect(await firstWrong('stored columns')).toMatchObject({ table: 'withdrawals' });
    await tamper(turn('settled', 'withdrawal_return', 'payout', 'credit_account', 'payout'));
    expect(await firstWrong('stored columns')).toBeUndefined();
  });

  it('and misses the event of one that nobody was told of', async () => {
    await tamper(`update audit_events set subject = 'withdrawal:88' where
      action = 'withdrawal.ordered' and subject = 'withdrawal:2'`);
    expect(await firstWrong('audit chain')).toBeDefined();
  });
});
