import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkBooks } from '../../src/ledger/index.ts';
import { openRail } from '../../src/rail/index.ts';
import { withdraw as withdrawFrom } from '../../src/wallets/withdrawals.ts';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { OUR_ACCOUNT, pacs002, pacs008 } from '../rail/messages.ts';
import { signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { callAs, IBAN, topUpAs, walletsAs } from './calls.ts';
import type { Answer } from './calls.ts';

const OTHER = 'PK12SIKK0000000000000017';
const PROVED = IBAN.replaceAll(' ', '');

let dir = '';
let running: RunningBank;
let ayesha: SignedInPerson;
let hers: Record<'current' | 'offline', number>;
let number = 0;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'sikka-withdraw-'));
  const env = { RAIL: 'files', RAIL_DIR: dir, RAIL_ACCOUNT: OUR_ACCOUNT };
  running = await startTestBank(env, { railEvery: 200 });
  ayesha = await signUpAndIn(running.url);
  hers = await walletsAs(running.url, ayesha);
});
afterAll(async () => {
  await running.stop();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  // Whatever a test leaves behind, the books are right.
  expect(await checkBooks(running.ownerPool)).toMatchObject({ ok: true, discrepancies: [] });
  await setFresh(true);
});

const withdraw = (
  change: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
  who = ayesha,
): Promise<Answer> => {
  const order = { wallet_id: hers.current, amount: '50.00', bank_account_number: PROVED };
  const line = 'POST /api/v1/wallets/withdraw';
  return callAs(running.url, who, line, { ...order, ...change }, headers);
};
const balance = async () =>
  (await callAs(running.url, ayesha, `GET /api/v1/wallets/${hers.current}`)).body['balance'];
const setFresh = (fresh: boolean) =>
  running.ownerPool.query(
    `update sessions set stepped_up_at = now() - $1::interval, stepped_up_by = 'otp'`,
    [fresh ? '0 minutes' : '6 minutes'],
  );
const put = (text: string) => {
  number += 1;
  writeFileSync(path.join(dir, 'in', `from-them-${number}.xml`), text);
  return async () => {
    const name = `from-them-${number}.xml`;
    await until(() => readdirSync(path.join(dir, 'done')).includes(name));
  };
};

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()) && waited < 45_000; waited += 100) await pause(100);
  expect(await holds()).toBe(true);
}

/** Money comes in from this account, as the other bank's own message says it. */
async function bringIn(amount: string, from: string): Promise<void> {
  const ordered = await topUpAs(running.url, ayesha, hers.current, amount);
  const endToEndId = /reference ([A-Z0-9-]+)\./.exec(String(ordered.body['msg']))?.[1] ?? '';
  const line = { endToEndId, txId: `T-${endToEndId}`, amount, from };
  await put(pacs008({ messageId: `M-${endToEndId}`, lines: [line] }))();
}

/** The message of ours that asks for this withdrawal's money. */
async function messageOf(
  id: unknown,
): Promise<{ readonly messageId: string; readonly text: string }> {
  const out = path.join(dir, 'out');
  const find = () =>
    readdirSync(out)
      .filter((name) => name.endsWith('.pacs.008.xml') && !name.startsWith('.'))
      .map((name) => ({
        messageId: name.replace('.pacs.008.xml', ''),
        text: readFileSync(path.join(out, name), 'utf8'),
      }))
      .find(({ text }) => text.includes(`>SIKKA-OUT-${String(id)}<`));
  await until(() => find() !== undefined);
  return find() ?? { messageId: '', text: '' };
}

async function answer(id: unknown, status: string): Promise<void> {
  const { messageId } = await messageOf(id);
  const statuses = [[`SIKKA-OUT-${String(id)}`, status]] as const;
  await put(pacs002({ messageId: `R-${number}`, answers: messageId, statuses }))();
}

describe('a withdrawal', () => {
  test('goes to no account that no money of the person’s has come from', async () => {
    expect(await withdraw()).toMatchObject({
      status: 403,
      body: { code: 'withdrawal/account_unproved' },
    });
    // Naming it, ordering from it, and money from elsewhere prove nothing of it.
    await bringIn('400.00', OTHER);
    expect(await balance()).toBe('400.00');
    expect((await withdraw()).body.code).toBe('withdrawal/account_unproved');
    await bringIn('600.00', PROVED);
    expect((await withdraw({ bank_account_number: OTHER })).body.code).toBe(
      'withdrawal/account_unproved',
    );
    expect(await balance()).toBe('1000.00');
  });

  test('is taken without a fresh second factor by nobody', async () => {
    await setFresh(false);
    expect(await withdraw()).toMatchObject({
      status: 403,
      body: { code: 'auth/step_up_required' },
    });
  });

  test.each<[string, number, () => Record<string, unknown>]>([
    ['amount/invalid', 422, () => ({ amount: '0.00' })],
    ['request/invalid', 422, () => ({ amount: '-1' })],
    ['amount/invalid', 422, () => ({ amount: '0.001' })],
    ['wallet/insufficient_funds', 400, () => ({ amount: '1000.01' })],
    ['wallet/bank_account_invalid', 422, () => ({ bank_account_number: `${PROVED}0` })],
    ['wallet/transfer_not_allowed', 400, () => ({ wallet_id: hers.offline })],
    ['wallet/not_found', 404, () => ({ wallet_id: 100_000_000_007 })],
  ])('is refused with %s (%i): %s', async (code, status, change) => {
    const refused = await withdraw(change());
    expect(refused.body.code).toBe(code);
    expect(refused.status).toBe(status);
    expect(await balance()).toBe('1000.00');
  });

  test('from somebody else’s wallet is as from one that is not there', async () => {
    const bilal = await signUpAndIn(running.url);
    await setFresh(true);
    expect((await withdraw({}, {}, bilal)).body.code).toBe('wallet/not_found');
  });

  test('from a wallet that has been deactivated is refused', async () => {
    const set = (to: string) =>
      running.ownerPool.query(`update wallets set status = $2 where number = $1`, [
        hers.current,
        to,
      ]);
    await set('inactive');
    expect((await withdraw()).body.code).toBe('wallet/inactive');
    await set('active');
  });

  test('leaves the wallet at once, is written for the other bank, and is there', async () => {
    const made = await withdraw({ amount: '100.00' });
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'ordered', amount: '100.00', currency: 'PKR', new_balance: '900.00' },
    });
    const { id } = made.body;
    const { text } = await messageOf(id);
    expect(text).toContain(`<CdtrAcct><Id><IBAN>${PROVED}</IBAN></Id></CdtrAcct>`);
    expect(text).toContain('<IntrBkSttlmAmt Ccy="PKR">100.00</IntrBkSttlmAmt>');
    await answer(id, 'ACSC');
    expect(await statusOf(id)).toBe('settled');
    // Not even the other bank's later word takes back what it said.
    await answer(id, 'RJCT');
    expect(await statusOf(id)).toBe('settled');
    expect(await balance()).toBe('900.00');
    expect(running.log.join('')).toContain('rail.payout_word');
  });

  test('that the other bank refuses comes back once, and the person is told', async () => {
    const { body } = await withdraw({ amount: '200.00' });
    expect(await balance()).toBe('700.00');
    await answer(body['id'], 'RJCT');
    expect(await statusOf(body['id'])).toBe('returned');
    await answer(body['id'], 'RJCT');
    expect(await balance()).toBe('900.00');
    const box = async () => (await fetch(`${running.url}/demo/mailbox`)).text();
    // It holds what was sent, which is done beside.
    await expect
      .poll(box, { timeout: 20_000, interval: 100 })
      .toContain('Your money is back in your wallet');
  });

  test('that the other bank will not even take moves nothing and writes nothing', async () => {
    const { ownerPool: pool } = running;
    const number = hers.current;
    const { rows } = await pool.query<{ id: bigint }>(
      `select account_id as id from wallets where number = $1`,
      [number],
    );
    const seal = () => Promise.reject(new Error('a payee was sealed'));
    const rail = openRail({
      kind: 'none',
      pool,
      vault: { seal, open: seal },
      warn: () => undefined,
    });
    const deps = {
      ...{ pool, rail, notices: { tell: seal } },
      people: { profile: async () => ({ email: '', name: 'Ayesha', provedIban: PROVED }) },
    };
    const order = {
      ...{ accountId: rows[0]?.id ?? 0n, account: ayesha.account, wallet: number, currency: 586 },
      ...{ amountMinor: 100n, bankAccount: PROVED, fresh: true, now: new Date() },
      idempotencyKey: 'refused-at-once',
    };
    expect(await withdrawFrom(deps, order)).toMatchObject({ code: 'withdrawal/rejected' });
    const left = await pool.query(
      `select id from withdrawals where idempotency_key = 'refused-at-once'`,
    );
    expect(left.rows).toEqual([]);
  });

  test('asked for twice under one key is one, and another under it is refused', async () => {
    const key = { 'idempotency-key': 'out-of-the-bank-1' };
    const answers = await Promise.all([1, 2, 3, 4].map(() => withdraw({}, key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    expect(await balance()).toBe('850.00');
    expect((await withdraw({ amount: '50.01' }, key)).body.code).toBe('idempotency/key_reused');
    // The first answer stands, whatever has changed since.
    await setFresh(false);
    expect((await withdraw({}, key)).body['id']).toBe(answers[0]?.body['id']);
  });

  test('of everything, ordered ten times at once, happens once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => withdraw({ amount: '850.00' })),
    );
    const codes = answers.map(({ body }) => body.code ?? 'made').sort();
    expect(codes).toEqual(['made', ...Array<string>(9).fill('wallet/insufficient_funds')]);
    expect(await balance()).toBe('0.00');
  });

  test('that is under way keeps its owner from being forgotten', async () => {
    const order = { confirm: 'erase' };
    const line = 'POST /api/v1/privacy/erasure';
    expect((await callAs(running.url, ayesha, line, order)).body.code).toBe('privacy/balance_left');
    const { body } = await callAs(running.url, ayesha, 'GET /api/v1/privacy/export');
    expect((body['lists'] as Record<string, object[]>)['withdrawals']?.length).toBeGreaterThan(2);
  });
});

async function statusOf(id: unknown): Promise<string | undefined> {
  const { rows } = await running.ownerPool.query<{ status: string }>(
    'select status from withdrawals where id = $1',
    [id],
  );
  return rows[0]?.status;
}
