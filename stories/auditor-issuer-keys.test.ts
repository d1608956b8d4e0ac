import { audit } from '@sikka/auditor';
import type { IssuerKeys } from '@sikka/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyOf } from './auditor-town/copy.ts';
import { enrol, ok, openPurse, pay } from './auditor-town/phone.ts';
import { startTown } from './auditor-town/town.ts';
import type { RunningTown } from './auditor-town/town.ts';

/** The bank changes its key; the auditor has the keys of before. */

let town: RunningTown;
let keysOfBefore: IssuerKeys;

beforeAll(async () => {
  town = await startTown();
  const ayesha = town.client('ayesha');
  await town.load(ayesha, '200.00');
  const phone = await enrol(ayesha, 'ayesha', 'payer');
  const { current: wallet } = await town.wallets(town.client('bilal'));
  const first = await pay(await openPurse(phone, 5_000n), { amountMinor: 700n, wallet });
  await town.hand(ayesha, [first.packet]);
  keysOfBefore = await town.issuers();
  ok(await town.client('operator').rotateIssuerKey({ body: { suite: 'EdDSA' } }));
  const second = await pay(await openPurse(phone, 5_000n), { amountMinor: 800n, wallet });
  await town.hand(ayesha, [second.packet]);
  await town.settleDown();
  await town.stop();
}, 120_000);
afterAll(() => town.drop());

test('a new key that the old one announced is trusted from then on', async () => {
  const databaseUrl = town.home.url;
  const { ok: isWell, checks } = await audit({ databaseUrl, trustedIssuers: keysOfBefore });
  expect(checks.filter((check) => !check.ok)).toEqual([]);
  expect(isWell).toBe(true);
  const keys = checks.find(({ name }) => name === 'issuer keys');
  expect(keys?.detail).toMatch(/1 announced by a bulletin that a trusted key signed/);
});

test('without that announcement nothing that the new key signed is trusted', async () => {
  const copy = await copyOf(town.home);
  try {
    await copy.execute('delete from bulletins where version > 1');
    const trusted = { databaseUrl: copy.url, trustedIssuers: keysOfBefore };
    const { checks } = await audit(trusted);
    const wrong = checks.filter((check) => !check.ok).map(({ name }) => name);
    expect(wrong).toEqual(expect.arrayContaining(['allowances', 'payments', 'checkpoints']));
    const allowances = checks.find(({ name }) => name === 'allowances');
    expect(allowances?.firstWrong).toMatchObject({
      table: 'allowances',
      found: expect.stringContaining('issuer_unknown') as string,
    });
  } finally {
    await copy.drop();
  }
});
