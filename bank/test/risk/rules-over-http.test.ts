import { ROUTES } from '@sikka/api';
import type { Client } from '@sikka/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { signUpAndIn } from '../support/person.ts';

const EXAMPLE = ROUTES.createRiskRules.body.example;
const nights = EXAMPLE.rules as unknown as Parameters<
  Client['createRiskRules']
>[0]['body']['rules'];

let running: RunningBank;
/** Two of the bank's staff with the role. */
let rabia: Client;
let sana: Client;
beforeAll(async () => {
  running = await startTestBank();
  [rabia, sana] = await Promise.all([riskPerson('rabia'), riskPerson('sana')]);
});
afterAll(() => running.stop());

async function riskPerson(name: string): Promise<Client> {
  const { account } = await signUpAndIn(running.url, { email: `${name}@bank.example` });
  await running.ownerPool.query(
    `insert into account_roles (account_id, role, granted_at)
     select id, 'risk', now() from accounts where public_id = $1`,
    [account],
  );
  return running.client(account, ['risk']);
}

const refused = (code: string) => ({ ok: false, problem: { code } });
const inStatus = (status: string) => ({ ok: true, value: { status } });

async function drafted(by: Client, name = 'nights'): Promise<{ params: { version: string } }> {
  const made = await by.createRiskRules({ body: { name, rules: nights } });
  if (!made.ok) throw new Error(made.problem.code);
  return { params: { version: String(made.value.version) } };
}

/** As far as watching. */
async function watched(by: Client): Promise<{ params: { version: string } }> {
  const version = await drafted(by);
  await by.backTestRiskRules({ ...version, body: { days: 7 } });
  expect(await by.shadowRiskRules(version)).toMatchObject(inStatus('shadow'));
  return version;
}

describe('rules go', () => {
  test('draft, back-tested, shadow, active, and back, by four eyes', async () => {
    const first = await drafted(rabia);
    expect(await rabia.getRiskRules(first)).toMatchObject({
      ok: true,
      value: { status: 'draft', name: 'nights', rules: 1, activated_by: null, document: nights },
    });
    // No step is left out.
    expect(await rabia.shadowRiskRules(first)).toMatchObject(refused('risk/status_conflict'));
    expect(await sana.activateRiskRules(first)).toMatchObject(refused('risk/status_conflict'));
    const tested = await rabia.backTestRiskRules({ ...first, body: { days: 30 } });
    expect(tested).toMatchObject(inStatus('back_tested'));
    expect(tested.ok && tested.value.history.at(-1)?.report).toMatchObject({ items: 0, days: 30 });
    expect(await sana.activateRiskRules(first)).toMatchObject(refused('risk/status_conflict'));
    expect(await rabia.shadowRiskRules(first)).toMatchObject(inStatus('shadow'));
    expect(await rabia.activateRiskRules(first)).toMatchObject(refused('risk/own_rules'));
    expect(await sana.activateRiskRules(first)).toMatchObject(inStatus('active'));

    const second = await watched(sana);
    expect(await sana.activateRiskRules(second)).toMatchObject(refused('risk/own_rules'));
    expect(await rabia.activateRiskRules(second)).toMatchObject(inStatus('active'));
    expect(await rabia.getRiskRules(first)).toMatchObject(inStatus('retired'));
    // What is retired does not come back by itself; what is active is rolled back by one.
    expect(await sana.rollBackRiskRules(first)).toMatchObject(refused('risk/status_conflict'));
    expect(await sana.rollBackRiskRules(second)).toMatchObject(inStatus('retired'));
    const restored = await rabia.getRiskRules(first);
    expect(restored).toMatchObject(inStatus('active'));
    expect(restored.ok && restored.value.history.map(({ act }) => act)).toEqual([
      ...['created', 'back_tested', 'shadowed', 'activated', 'retired', 'restored'],
    ]);
    // And then to those that the bank comes with, not to what was rolled back.
    expect(await rabia.rollBackRiskRules(first)).toMatchObject(inStatus('retired'));
    const { rows } = await running.ownerPool.query(
      `select version from risk_rules where status = 'active'`,
    );
    expect(rows).toEqual([]);
  });

  test('into the audit chain, each act with who did it', async () => {
    const { rows } = await running.ownerPool.query(
      `select actor, action, outcome from audit_events
        where subject = 'risk_rules:1' order by id`,
    );
    const acts = ['created', 'back_tested', 'shadowed', 'activated', 'retired', 'restored'];
    expect(rows.map(({ action }) => action)).toEqual(
      [...acts, 'retired'].map((act) => `risk_rules.${act}`),
    );
    expect(new Set(rows.map(({ actor }) => actor)).size).toBe(2);
  });
});

test('one watches at a time: who watched goes back', async () => {
  const [first, second] = [await watched(rabia), await watched(rabia)];
  expect(await rabia.getRiskRules(first)).toMatchObject(inStatus('back_tested'));
  expect(await rabia.getRiskRules(second)).toMatchObject(inStatus('shadow'));
});

test('twenty activations at once: one is done, and one version is active', async () => {
  const version = await watched(rabia);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => sana.activateRiskRules(version)),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  expect(answers.find(({ ok }) => !ok)).toMatchObject(refused('risk/status_conflict'));
});

test('the database itself refuses rules that their author activates', async () => {
  const write = running.ownerPool.query(
    `update risk_rules set activated_by = created_by, activated_at = now()`,
  );
  await expect(write).rejects.toMatchObject({ constraint: 'risk_rules_four_eyes' });
});

test.each([
  ['a code twice', [...nights, ...nights], 'risk/rules_invalid', '/rules/1/code'],
  ['a fact that is not there', [withFact('zodiac')], 'request/invalid', undefined],
  ['fifty-one', Array.from({ length: 51 }, () => nights[0]), 'request/invalid', undefined],
])('rules with %s are refused', async (_, rules, code, pointer) => {
  const body = { name: 'refused', rules: rules as typeof nights };
  const answer = await rabia.createRiskRules({ body });
  expect(answer).toMatchObject(refused(code));
  const errors = answer.ok ? [] : (answer.problem.errors ?? []);
  if (pointer !== undefined) expect(errors.map((one) => one.pointer)).toEqual([pointer]);
});

function withFact(fact: string) {
  return { code: 'a', when: { all: [{ fact, op: '>', value: 1 }] }, then: { add: 1 } };
}

test('versions that are not there, of every route that takes one', async () => {
  const none = { params: { version: '999999' } };
  const refusals = await Promise.all([
    rabia.getRiskRules(none),
    rabia.backTestRiskRules({ ...none, body: { days: 1 } }),
    rabia.shadowRiskRules(none),
    rabia.activateRiskRules(none),
    rabia.rollBackRiskRules(none),
  ]);
  for (const one of refusals) expect(one).toMatchObject(refused('risk/rules_not_found'));
});

test('versions come newest first, page by page', async () => {
  for (const name of ['one', 'two', 'three']) await drafted(rabia, name);
  const headers = { authorization: `Bearer ${await running.bank.token('operator')}` };
  expect((await running.fetch('/api/v1/operator/risk/rules', { headers })).status).toBe(403);
  const page = await rabia.listRiskRules({ query: { limit: '2' } });
  expect(page.ok && page.value.versions.map(({ name }) => name)).toEqual(['three', 'two']);
});
