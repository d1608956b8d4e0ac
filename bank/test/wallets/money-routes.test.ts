import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../src/db/index.ts';
import { checkBooks } from '../../src/ledger/index.ts';
import type { RailNews } from '../../src/rail/index.ts';
import { settleTopUp } from '../../src/wallets/index.ts';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';
import { callAs, IBAN, topUpAs, walletsAs } from './calls.ts';
import type { CallArguments, TopUpArguments } from './calls.ts';

let running: RunningBank;
let ayesha: SignedInPerson;
let bilal: SignedInPerson;
let hers: Record<'current' | 'offline', number>;
let his: Record<'current' | 'offline', number>;

beforeAll(async () => {
  running = await startTestBank({ STEP_UP_ABOVE: '500.00' });
  ayesha = await signUpAndIn(running.url);
  bilal = await signUpAndIn(running.url);
  hers = await walletsAs(running.url, ayesha);
  his = await walletsAs(running.url, bilal);
});
afterAll(() => running.stop());
beforeEach(async () => {
  // Whatever a test leaves behind, the books are right.
  expect(await checkBooks(running.ownerPool)).toMatchObject({ ok: true, discrepancies: [] });
});

const call = (...asked: CallArguments) => callAs(running.url, ...asked);
const topUp = (...asked: TopUpArguments) => topUpAs(running.url, ...asked);
const balance = async (who: SignedInPerson, wallet: number) =>
  (await call(who, `GET /api/v1/wallets/${wallet}`)).body['balance'];
const count = async (table: string) => {
  const sql = `select count(*) as count from ${table}`;
  const { rows } = await running.ownerPool.query<{ count: bigint }>(sql);
  return Number(rows[0]?.count);
};
const setFresh = (fresh: boolean) =>
  running.ownerPool.query(
    `update sessions set stepped_up_at = now() - $1::interval, stepped_up_by = 'otp'`,
    [fresh ? '0 minutes' : '6 minutes'],
  );

describe('a top-up', () => {
  const ask = (change: Record<string, unknown> = {}) => ({
    wallet_id: hers.current,
    amount: 1500.5,
    password: ayesha.password,
    bank_account_number: IBAN,
    ...change,
  });
  const TOP_UP = 'POST /api/v1/wallets/topup';
  const VERIFY = 'POST /api/v1/wallets/topup/verify';

  test('brings exactly what was asked for, once, and the account is told', async () => {
    const before = Number(await balance(ayesha, hers.current));
    const added = await topUp(ayesha, hers.current, 1500.5);
    expect(added).toMatchObject({
      status: 200,
      body: {
        wallet_id: hers.current,
        amount_added: '1500.50',
        new_balance: (before + 1500.5).toFixed(2),
        wallet: { bank_account_number: 'PK36SCBL0000001123456702' },
      },
    });
    const refs = await count(`ledger_transfers where kind = 'deposit' and
      convert_from(reference, 'UTF8') like 'topup:%'`);
    expect(refs).toBe(await count(`top_ups where status = 'settled'`));
  });

  test.each([
    ['a wrong password', { password: 'Another-River-9' }, 401, 'auth/password_wrong'],
    ['nothing', { amount: '0' }, 422, 'amount/invalid'],
    ['less than nothing', { amount: -5 }, 422, 'request/invalid'],
    ['a fraction of a paisa', { amount: 0.001 }, 422, 'amount/invalid'],
    [
      'an account that is none',
      { bank_account_number: 'PK00' },
      422,
      'wallet/bank_account_invalid',
    ],
    ['another’s wallet', { wallet_id: 999_999_999_999 }, 404, 'wallet/not_found'],
  ])('is refused with %s, and no code is sent', async (_, change, status, code) => {
    const codes = await count('otp_challenges');
    expect(await call(ayesha, TOP_UP, ask(change))).toMatchObject({ status, body: { code } });
    expect(await count('otp_challenges')).toBe(codes);
  });

  test('moves nothing by another top-up’s code, a used one, or other terms', async () => {
    const before = await balance(ayesha, hers.current);
    const none = await call(ayesha, VERIFY, { wallet_id: hers.offline, otp: '123456' });
    expect(none).toMatchObject({ status: 400, body: { code: 'otp/invalid' } });
    const first = await call(ayesha, TOP_UP, ask());
    const second = await call(ayesha, TOP_UP, ask({ amount: '1' }));
    const [stale, otp] = [first.body['otp_demo'], second.body['otp_demo']];
    const other = await call(ayesha, TOP_UP, ask({ wallet_id: hers.offline, amount: '2' }));
    const tries: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ otp: stale === otp ? '000000' : stale }, 'otp/invalid'],
      [{ otp: other.body['otp_demo'] === otp ? '000000' : other.body['otp_demo'] }, 'otp/invalid'],
      [{ otp, amount: '1000000' }, 'topup/differs'],
      [{ otp, bank_account_number: '1234567890' }, 'topup/differs'],
    ];
    for (const [change, code] of tries) {
      const answer = await call(ayesha, VERIFY, { wallet_id: hers.current, ...change });
      expect(answer).toMatchObject({ status: 400, body: { code } });
    }
    expect(await balance(ayesha, hers.current)).toBe(before);
    const done = await call(ayesha, VERIFY, { wallet_id: hers.current, otp, amount: 1.0 });
    expect(done).toMatchObject({ status: 200, body: { amount_added: '1.00' } });
    const again = await call(ayesha, VERIFY, { wallet_id: hers.current, otp });
    expect(again.body.code).toBe('otp/invalid');
  });

  test('of one code used ten times at once is one deposit', async () => {
    const before = Number(await balance(bilal, his.current));
    const order = ask({ wallet_id: his.current, amount: '10', password: bilal.password });
    const { body } = await call(bilal, TOP_UP, order);
    const code = { wallet_id: his.current, otp: body['otp_demo'] };
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(bilal, VERIFY, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(Number(await balance(bilal, his.current)) - before).toBe(10);
  });

  test('repeated with its idempotency key answers as before, and moves nothing more', async () => {
    const { body } = await call(ayesha, TOP_UP, ask({ amount: '20' }));
    const code = { wallet_id: hers.current, otp: body['otp_demo'] };
    const key = { 'idempotency-key': 'lost-reply' };
    const first = await call(ayesha, VERIFY, code, key);
    const again = await call(ayesha, VERIFY, code, key);
    expect(again).toMatchObject({ status: 200, body: { amount_added: '20.00' } });
    expect(again.body['new_balance']).toBe(first.body['new_balance']);
    const another = await call(ayesha, VERIFY, { ...code, wallet_id: hers.offline }, key);
    expect(another.body.code).toBe('idempotency/key_reused');
  });

  test('that the other bank refuses leaves the wallet as it was', async () => {
    const before = await balance(ayesha, hers.current);
    const refused = ask({ bank_account_number: '123456780000' });
    const { body } = await call(ayesha, TOP_UP, refused);
    const code = { wallet_id: hers.current, otp: body['otp_demo'] };
    expect(await call(ayesha, VERIFY, code)).toMatchObject({
      status: 400,
      body: { code: 'topup/rejected' },
    });
    expect(await balance(ayesha, hers.current)).toBe(before);
  });
});

describe('money that comes in by a rail', () => {
  /** A top-up that waits for its money. */
  async function ordered(status = 'ordered'): Promise<bigint> {
    const { rows } = await running.ownerPool.query<{ id: bigint }>(
      `insert into top_ups
         (account_id, wallet, amount, currency, status, rail, created_at, changed_at)
       select account_id, number, 700, currency, $2, 'iso20022', now(), now()
       from wallets where number = $1
       returning id`,
      [hers.current, status],
    );
    return rows[0]?.id ?? 0n;
  }
  let last = 0;
  const news = (id: bigint | string, change: Partial<RailNews> = {}): RailNews => {
    last += 1;
    return {
      rail: 'iso20022',
      endToEndId: `SIKKA-TOPUP-${id}`,
      reference: `their-${last}`,
      amountMinor: 700n,
      currency: 586,
      ...change,
    };
  };
  // No news here says where it came from, so nobody's account is proved.
  const people = { update: () => Promise.reject(new Error('an account was proved')) };
  const settle = (one: RailNews) =>
    inTransaction(running.ownerPool, (tx) => settleTopUp({ people }, tx, one, new Date()));

  test('is credited to the wallet that ordered it, once', async () => {
    const before = Number(await balance(ayesha, hers.current));
    const id = await ordered();
    const one = news(id);
    const outcomes = await Promise.all([settle(one), settle(one), settle(news(id))]);
    expect(outcomes.sort()).toEqual(['credited', 'held', 'held']);
    expect(Number(await balance(ayesha, hers.current)) - before).toBe(7);
  });

  test.each<[string, () => Promise<RailNews>]>([
    ['of no order', async () => news(999_999n)],
    ['with a reference of somebody’s own', async () => news('1; drop table')],
    ['of another amount', async () => news(await ordered(), { amountMinor: 701n })],
    ['of another currency', async () => news(await ordered(), { currency: 840 })],
    ['by another rail', async () => news(await ordered(), { rail: 'other' })],
    ['for an order that nobody confirmed', async () => news(await ordered('asked'))],
    ['for an order that was rejected', async () => news(await ordered('rejected'))],
    ['for an order that has expired', async () => news(await ordered('expired'))],
    [
      'under a name that the other bank used before',
      async () => {
        const first = news(await ordered());
        await settle(first);
        return news(await ordered(), { reference: first.reference });
      },
    ],
  ])('%s is held and written down', async (_, make) => {
    const one = await make();
    const before = await balance(ayesha, hers.current);
    const held = await count(`audit_events where action = 'topup.held'`);
    expect(await settle(one)).toBe('held');
    expect(await balance(ayesha, hers.current)).toBe(before);
    expect(await count(`audit_events where action = 'topup.held'`)).toBe(held + 1);
    await running.ownerPool.query(`update top_ups set status = 'expired' where status = 'asked'`);
  });
});

describe('a payment online', () => {
  const PAY = 'POST /api/v1/transactions/';
  const pay = (change: Record<string, unknown> = {}) => ({
    receiver_id: bilal.account,
    amount: '2.00',
    currency: 'PKR',
    ...change,
  });

  test('goes by account or by wallet number, and both see it', async () => {
    const before = Number(await balance(bilal, his.current));
    const reference = 'INVOICE-0001';
    const one = await call(ayesha, PAY, pay({ reference, sender_id: ayesha.account }));
    expect(one).toMatchObject({
      status: 201,
      body: { sender_id: ayesha.account, receiver_id: bilal.account, reference, amount: '2.00' },
    });
    const two = await call(ayesha, PAY, pay({ receiver_id: his.current, sender_id: hers.current }));
    const three = await call(ayesha, PAY, pay({ receiver_id: String(his.current), amount: 2.5 }));
    expect([two.status, three.status]).toEqual([201, 201]);
    expect(Number(await balance(bilal, his.current)) - before).toBe(6.5);
    for (const who of [ayesha, bilal]) {
      const { body: list } = await call(who, 'GET /tx/list?limit=3');
      expect(list).toEqual([three.body, two.body, one.body]);
      const { body: shown } = await call(who, `GET /tx/${Number(one.body['id'])}`);
      expect(shown).toEqual(one.body);
    }
    const stranger = await signUpAndIn(running.url);
    const unseen = await call(stranger, `GET /tx/${Number(one.body['id'])}`);
    expect(unseen).toMatchObject({ status: 404, body: { code: 'transaction/not_found' } });
    expect((await call(stranger, 'GET /tx/list')).body).toEqual([]);
  });

  test.each([
    ['another sender', () => pay({ sender_id: bilal.account }), 403, 'transaction/sender_not_you'],
    ['another’s wallet', () => pay({ sender_id: his.current }), 403, 'transaction/sender_not_you'],
    ['nobody', () => pay({ receiver_id: 'nobody' }), 404, 'wallet/not_found'],
    ['oneself', () => pay({ receiver_id: ayesha.account }), 400, 'wallet/same_wallet'],
    ['offline money', () => pay({ receiver_id: his.offline }), 400, 'wallet/transfer_not_allowed'],
    ['too much', () => pay({ amount: '499999999' }), 400, 'wallet/insufficient_funds'],
    ['a short reference', () => pay({ reference: 'short' }), 422, 'request/invalid'],
    ['another currency', () => pay({ currency: 'USD' }), 404, 'wallet/not_found'],
    ['no amount', () => pay({ amount: null }), 422, 'request/invalid'],
  ])('to or from %s is refused', async (_, body, status, code) => {
    const before = await balance(ayesha, hers.current);
    expect(await call(ayesha, PAY, body())).toMatchObject({ status, body: { code } });
    expect(await balance(ayesha, hers.current)).toBe(before);
  });

  test('takes each reference once, and its idempotency key repeats the answer', async () => {
    const body = pay({ reference: 'RENT-2026-11' });
    const key = { 'idempotency-key': 'rent' };
    const first = await call(ayesha, PAY, body, key);
    expect((await call(ayesha, PAY, body, key)).body).toEqual(first.body);
    expect(await call(ayesha, PAY, body)).toMatchObject({
      status: 409,
      body: { code: 'transaction/reference_taken' },
    });
  });

  test('above the limit of a day asks for a fresh second factor, by every route', async () => {
    await topUp(ayesha, hers.current, '2000');
    await setFresh(false);
    const big = { amount: '500.01', currency: 'PKR' };
    const order = { from_wallet_id: hers.current, to_wallet_id: his.current, ...big };
    const refused = { status: 403, body: { code: 'auth/step_up_required' } };
    expect(await call(ayesha, PAY, pay(big))).toMatchObject(refused);
    expect(await call(ayesha, 'POST /wallet/transfer', order)).toMatchObject(refused);
    const own = { ...order, to_wallet_id: hers.offline };
    expect((await call(ayesha, 'POST /wallet/transfer', own)).status).toBe(201);
    await setFresh(true);
    expect((await call(ayesha, PAY, pay(big))).status).toBe(201);
  });
});

test('a history comes in pages that miss nothing and repeat nothing', async () => {
  const person = await signUpAndIn(running.url);
  const own = await walletsAs(running.url, person);
  await topUp(person, own.current, '10');
  const order = { from_wallet_id: own.current, to_wallet_id: own.offline, currency: 'PKR' };
  for (let cents = 1; cents <= 7; cents += 1) {
    const amount = `0.0${cents}`;
    await call(person, 'POST /api/v1/wallets/transfer', { ...order, amount });
  }
  const seen: unknown[] = [];
  let cursor = '';
  for (let pages = 0; pages < 4; pages += 1) {
    const path = `/api/v1/wallets/transfers/history?limit=3${cursor && `&cursor=${cursor}`}`;
    const { body, headers } = await call(person, `GET ${path}`);
    seen.push(...(body as unknown as { amount: string }[]).map(({ amount }) => amount));
    cursor = headers.get('x-next-cursor') ?? '';
    if (cursor === '') break;
  }
  expect(seen).toEqual(['0.07', '0.06', '0.05', '0.04', '0.03', '0.02', '0.01']);
  for (const bad of ['x', 'dHJhbnNmZXI6MA', 'dHJhbnNmZXI6LTE', '%27%3B--', 'A'.repeat(100)]) {
    const path = `GET /api/v1/wallets/transfers/history?cursor=${bad}`;
    expect([bad, (await call(person, path)).status]).toEqual([bad, 422]);
  }
});

describe('a statement', () => {
  const path = (query = '', wallet = hers.current) => `/api/v1/wallets/${wallet}/statement${query}`;

  test.each(['', '?from=yesterday', '?from=2026-11-21&to=2026-11-20', '?format=camt.053'])(
    'is its owner’s alone: asked for with “%s”',
    async (query) => {
      const nobodys = await call(bilal, `GET ${path(query, 999_999_999_998)}`);
      const answer = await call(bilal, `GET ${path(query)}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'wallet/not_found' } });
      expect({ ...answer.body, request_id: '' }).toEqual({ ...nobodys.body, request_id: '' });
    },
  );

  test.each([
    ['?from=yesterday', 'statement/date_invalid'],
    ['?to=2026-02-30', 'statement/date_invalid'],
    ['?from=2026-11-21&to=2026-11-20', 'statement/period_empty'],
    ['?from=2020-01-01&to=2026-11-20', 'statement/period_too_long'],
    ['?format=pdf', 'request/invalid'],
  ])('for “%s” is refused', async (query, code) => {
    expect(await call(ayesha, `GET ${path(query)}`)).toMatchObject({ status: 422, body: { code } });
  });

  test('opens at nothing and closes at the balance, in both formats', async () => {
    await topUp(ayesha, hers.current, '3');
    const ask = async (query: string) => {
      const headers = { authorization: ayesha.authorization };
      const answer = await running.fetch(path(query), { headers });
      expect(answer.status).toBe(200);
      return { headers: answer.headers, text: await answer.text() };
    };
    const csv = await ask('');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="statement-/);
    const rows = csv.text.trimEnd().split('\r\n');
    const closing = await balance(ayesha, hers.current);
    expect(rows.at(1)).toMatch(/,opening,,,,,,0\.00$/);
    expect(rows.at(-2)).toMatch(new RegExp(`,deposit,,topup:\\d+,1,,3\\.00,${String(closing)}$`));
    expect(rows.at(-1)).toContain(`,closing,,,,,,${String(closing)}`);
    const camt = await ask('?format=camt.053');
    expect(camt.headers.get('content-type')).toContain('application/xml');
    expect(camt.text).toContain(`<Amt Ccy="PKR">${String(closing)}</Amt>`);
  });
});
