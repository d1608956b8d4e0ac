import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';

type Body = Readonly<Record<string, unknown>>;

const password = 'Seven-Rivers-9';
const device_fingerprint = 'pixel-8-a1b2';
const name = 'Zulaikha Rahimoon';
const phone = '+923331234567';
const iban = 'PK36SCBL0000001123456702';

describe('personal data', () => {
  let bank: RunningBank;
  let number = 0;

  beforeAll(async () => {
    bank = await startTestBank();
  });
  afterAll(() => bank.stop());

  async function call(method: string, path: string, body?: Body, token?: string) {
    const answer = await fetch(`${bank.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await bodyOf(answer) };
  }
  const post = (path: string, body: Body, token?: string) => call('POST', path, body, token);
  const erase = (token: string) => post('/api/v1/privacy/erasure', { confirm: 'erase' }, token);

  async function signIn(email: string) {
    const login = await post('/auth/login', { email, password, device_fingerprint });
    const { nonce_demo: nonce, otp_demo: otp } = login.body;
    const answer = await post('/auth/login/confirm', { email, nonce, otp, device_fingerprint });
    return { status: answer.status, token: String(answer.body['access_token']) };
  }

  async function person() {
    number += 1;
    const email = `zulaikha.rahimoon${number}@example.com`;
    const signedUp = await post('/auth/signup', { name, email, password, phone });
    await post('/auth/verify-email', { email, otp: signedUp.body['otp_demo'] });
    const { token } = await signIn(email);
    const me = await call('GET', '/auth/me', undefined, token);
    const account = String(me.body['id']);
    const { rows } = await bank.ownerPool.query<{ id: bigint }>(
      'select id from accounts where public_id = $1',
      [account],
    );
    return { email, token, account, id: rows[0]!.id };
  }

  async function topUp(token: string): Promise<number> {
    const wallets = await fetch(`${bank.url}/api/v1/wallets/`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const all = (await wallets.json()) as { id: number; wallet_type: string }[];
    const wallet_id = all.find(({ wallet_type }) => wallet_type === 'current')!.id;
    const ask = { wallet_id, amount: '500.00', password, bank_account_number: iban };
    const asked = await post('/api/v1/wallets/topup', ask, token);
    const otp = asked.body['otp_demo'];
    const done = await post('/api/v1/wallets/topup/verify', { wallet_id, otp }, token);
    expect(done).toMatchObject({ status: 200 });
    return wallet_id;
  }

  /** Every table, as text: where a word still stands. */
  async function tablesWith(word: string): Promise<readonly string[]> {
    const { rows } = await bank.ownerPool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    const found: string[] = [];
    for (const { name: table } of rows) {
      const hit = await bank.ownerPool.query(
        `select from "${table}" as t where t::text ilike $1
           or position(encode(convert_to($2, 'UTF8'), 'hex') in t::text) > 0 limit 1`,
        [`%${word}%`, word],
      );
      if (hit.rowCount > 0) found.push(table);
    }
    return found;
  }

  it('is given out whole to its owner, and nothing of others', async () => {
    const other = await person();
    const { token, account, email } = await person();
    const wallet = await topUp(token);
    const { status, body } = await call('GET', '/api/v1/privacy/export', undefined, token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      profile: { email, name, phone, iban, email_verified: true },
      account: { id: account, status: 'active' },
      lists: {
        sessions: [{ ended_at: null }],
        top_ups: [{ wallet: String(wallet), amount_minor: '50000', status: 'settled' }],
        wallets: expect.arrayContaining([
          expect.objectContaining({ kind: 'current', amount_minor: '50000' }),
        ]) as unknown,
      },
    });
    const text = JSON.stringify(body);
    expect(text).not.toContain(other.account);
    expect(text).not.toMatch(/\$2[aby]\$|sealed|BEGIN|refresh/);
  });

  it('is neither given out nor erased in a stale session, or by a token of none', async () => {
    const { token, account, id } = await person();
    await bank.ownerPool.query(
      `update sessions set stepped_up_at = now() - interval '6 minutes' where account_id = $1`,
      [id],
    );
    const stale = { status: 403, body: { code: 'auth/step_up_required' } };
    for (const by of [token, await bank.bank.token(account)]) {
      expect(await call('GET', '/api/v1/privacy/export', undefined, by)).toMatchObject(stale);
      expect(await erase(by)).toMatchObject(stale);
    }
  });

  it('is not erased while money is left', async () => {
    const { token } = await person();
    await topUp(token);
    const answer = await erase(token);
    expect(answer).toMatchObject({ status: 409, body: { code: 'privacy/balance_left' } });
  });

  it('is not erased while an order for money is out', async () => {
    const { token, id } = await person();
    await topUp(token);
    await bank.ownerPool.query(`update top_ups set status = 'ordered' where account_id = $1`, [id]);
    expect(await erase(token)).toMatchObject({ status: 409 });
  });

  it('is not erased while payments may come', async () => {
    const { token, id } = await person();
    await bank.ownerPool.query(
      `insert into key_payments (payment_id, payer_wallet, nonce, key_id, payer_account, payee_key,
         amount, currency, claimed_at, covered, item, stored_by, received_at)
       select sha256('p'), w.number, 'n', k.id, $1, sha256('k'), 100, w.currency, '1', 'six',
              'x', 'sync', now()
       from wallets w join wallet_keys k on k.wallet = w.number where w.account_id = $1`,
      [id],
    );
    const answer = await erase(token);
    expect(answer).toMatchObject({ status: 409, body: { code: 'privacy/payments_open' } });
  });

  it('is erased whatever others have signed to it and not paid', async () => {
    const { token, id } = await person();
    const { id: other } = await person();
    await bank.ownerPool.query(
      `insert into key_payments (payment_id, payer_wallet, nonce, key_id, payer_account, payee_key,
         payee_wallet, amount, currency, claimed_at, covered, item, stored_by, received_at)
       select sha256('q'), w.number, 'n', k.id, $1, sha256('k'), p.number, 100, w.currency, '1',
              'six', 'x', 'sync', now()
       from wallets w join wallet_keys k on k.wallet = w.number, wallets p
       where w.account_id = $1 and p.account_id = $2 and p.kind = 'current'`,
      [other, id],
    );
    expect(await erase(token)).toMatchObject({ status: 200 });
  });

  it('is not erased while it is held, by those who may hold it', async () => {
    const { token, account } = await person();
    const path = `/api/v1/privacy/${account}/hold`;
    const body = { until: '2999-01-01T00:00:00.000Z', reason: 'court order 17/2026' };
    const as = async (role: 'risk' | 'support') => bank.bank.token('operator', [role]);
    expect(await post(path, body, token)).toMatchObject({ status: 403 });
    const { rows } = await bank.ownerPool.query<{ id: bigint }>(
      `insert into account_roles (account_id, role, granted_at)
       select id, r, now() from accounts, unnest(array['risk', 'support']) as r
       where public_id = $1 on conflict do nothing returning account_id as id`,
      ['operator'],
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(await post(path, body, await as('support'))).toMatchObject({ status: 403 });
    expect(await post(path, body, await as('risk'))).toMatchObject({ status: 200 });
    const answer = await erase(token);
    expect(answer).toMatchObject({ status: 409, body: { code: 'privacy/held' } });
    for (const until of ['2027-02-30T00:00:00Z', '2027-13-01T00:00:00Z']) {
      expect(await post(path, { ...body, until }, await as('risk'))).toMatchObject({
        status: 422,
        body: { code: 'request/invalid' },
      });
    }
    const letGo = { until: null, reason: 'order lifted' };
    expect(await post(path, letGo, await as('risk'))).toMatchObject({ status: 200 });
    expect(await erase(token)).toMatchObject({ status: 200 });
    const gone = await post(`/api/v1/privacy/nobody/hold`, body, await as('risk'));
    expect(gone).toMatchObject({ status: 404, body: { code: 'user/not_found' } });
  });

  it('stands in no table afterwards, nor do its keys, and nobody signs in', async () => {
    const { email, token, id } = await person();
    expect(await tablesWith('zulaikha')).toEqual([]);
    await bank.ownerPool.query(
      `update accounts set name = 'Zulaikha Rahimoon', town = 'Umarkot', name_verified_at = now()
       where id = $1`,
      [id],
    );
    expect(await tablesWith('umarkot')).toEqual(['accounts']);
    expect(await erase(token)).toMatchObject({ status: 200 });
    for (const word of ['zulaikha', email, phone, 'rahimoon', 'umarkot']) {
      expect(await tablesWith(word), word).toEqual([]);
    }
    const owned = async (text: string) => (await bank.ownerPool.query(text, [id])).rowCount;
    expect(await owned('select from person_keys where account_id = $1')).toBe(0);
    expect(await owned('select from passwords where account_id = $1')).toBe(0);
    expect(await owned('select from mails where account_id = $1')).toBe(0);
    expect(
      await owned(`select from personal_data where account_id = $1
                   and (sealed is not null or email_lookup is not null)`),
    ).toBe(0);
    expect(
      await owned(`select from wallet_keys k join wallets w on w.number = k.wallet
                   where w.account_id = $1 and k.sealed_private is not null`),
    ).toBe(0);
    expect(await erase(token)).toMatchObject({ status: 401 });
    expect((await signIn(email)).status).not.toBe(200);
    const audit = await bank.ownerPool.query(
      `select 1 from audit_events where action = 'person.erased'`,
    );
    expect(audit.rowCount).toBeGreaterThan(0);
  });

  it('cannot be read from a backup whose table of personal keys is gone', async () => {
    const { id, token } = await person();
    const copy = await bank.ownerPool.query<Record<string, unknown>>(
      'select sealed, email_lookup from personal_data where account_id = $1',
      [id],
    );
    expect(await erase(token)).toMatchObject({ status: 200 });
    // As a restore of the ordinary backup would: everything but person_keys.
    await bank.ownerPool.query(
      `update personal_data set sealed = $2, email_lookup = $3, erased_at = null
       where account_id = $1`,
      [id, copy.rows[0]!['sealed'], copy.rows[0]!['email_lookup']],
    );
    const keys = await bank.ownerPool.query('select from person_keys where account_id = $1', [id]);
    expect(keys.rowCount).toBe(0);
    expect(String(copy.rows[0]!['sealed'])).not.toContain('zulaikha');
  });
});
