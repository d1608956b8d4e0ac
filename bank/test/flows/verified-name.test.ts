import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { createDesk } from '../identity/desk.ts';
import { signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';

/** By which name and town payers know somebody is the bank's word, never the person's. */

let running: RunningBank;
let support: SignedInPerson;
beforeAll(async () => {
  running = await startTestBank();
  support = await staff('support');
});
afterAll(() => running.stop());

const { call, staff, eventsOf } = createDesk(() => running);
const shop = { name: 'Karim General Store', town: 'Chakwal', reason: 'identity card seen' };
const verify = (account: string, body: object = shop, as = support.accessToken) =>
  call(`/api/v1/users/${account}/verified-name`, { as, body });

async function mailsOf(account: string) {
  const { rows } = await running.ownerPool.query<{ template: string }>(
    `select template from mails m join accounts a on a.id = m.account_id
     where a.public_id = $1 and template = 'name_verified'`,
    [account],
  );
  return rows.length;
}

describe('no name is verified', () => {
  test.each([
    ['without a letter', { name: '786' }, '/body/name'],
    ['beyond 32 bytes', { name: 'A'.repeat(33) }, '/body/name'],
    ['with a space at an end', { name: 'Karim ' }, '/body/name'],
    ['with a letter that shows nothing', { name: 'Kar\u3164im' }, '/body/name'],
    ['that turns the line around', { name: 'Karim \u202eerotS' }, '/body/name'],
    ['with a tag in it', { name: 'Karim <b>' }, '/body/name'],
    ['in a town beyond 24 bytes', { town: 'A'.repeat(25) }, '/body/town'],
    ['in no town', { town: '' }, '/body/town'],
  ])('%s', async (_, change, pointer) => {
    const me = await signUpAndIn(running.url);
    const answer = await verify(me.account, { ...shop, ...change });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'request/invalid', errors: [{ pointer }] },
    });
    expect(await eventsOf(me.account)).not.toContain('account.name_verified');
  });

  test('by the person, by other roles, or of nobody', async () => {
    const me = await signUpAndIn(running.url);
    const finance = await staff('finance');
    const answers = [
      await verify(me.account, shop, me.accessToken),
      await verify(me.account, shop, finance.accessToken),
      await verify(support.account),
      await verify('nobody-here'),
    ];
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
      [403, 'auth/role_missing'],
      [403, 'auth/role_missing'],
      [400, 'user/own_name'],
      [404, 'user/not_found'],
    ]);
  });

  test('of an account under review', async () => {
    const [me, risk] = [await signUpAndIn(running.url), await staff('risk')];
    const body = { reason: 'looked odd' };
    await call(`/api/v1/users/${me.account}/block`, { as: risk.accessToken, body });
    expect(await verify(me.account)).toMatchObject({
      status: 409,
      body: { code: 'user/status_conflict' },
    });
  });
});

test('is shown, told, and written down without the name; the same again is nothing', async () => {
  const me = await signUpAndIn(running.url);
  const verified = { verified_name: shop.name, verified_town: shop.town };
  expect(await verify(me.account)).toMatchObject({ status: 200, body: verified });
  expect((await call('/auth/me', { as: me.accessToken })).body).toMatchObject({ town: shop.town });
  const { rows } = await running.ownerPool.query<{ actor: string; details: unknown }>(
    `select actor, outcome, details from audit_events
     where subject = $1 and action = 'account.name_verified'`,
    [`account:${me.account}`],
  );
  expect(rows).toMatchObject([{ actor: `account:${support.account}`, outcome: 'verified' }]);
  expect(JSON.stringify(rows)).not.toContain('Karim');
  expect(await mailsOf(me.account)).toBe(1);
  expect(await verify(me.account)).toMatchObject({ status: 200, body: verified });
  expect(await mailsOf(me.account)).toBe(1);
  const other = { ...shop, town: 'Talagang' };
  expect(await verify(me.account, other)).toMatchObject({ body: { verified_town: 'Talagang' } });
  const names = (await eventsOf(me.account)).filter((each) => each === 'account.name_verified');
  expect([names.length, await mailsOf(me.account)]).toEqual([2, 2]);
});
