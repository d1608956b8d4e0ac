import { audit } from '@sikka/auditor';
import type { IssuerKeys } from '@sikka/protocol';
import { expect, test } from 'vitest';
import { enrol, openPurse, pay } from './auditor-town/phone.ts';
import type { Purse } from './auditor-town/phone.ts';
import { copyOf } from './auditor-town/copy.ts';
import { createHome, startTown } from './auditor-town/town.ts';
import type { Home } from './auditor-town/town.ts';

/** The bank's own people, with its keys and its programs, live one week twice. */
interface Week {
  readonly checkpoint: Uint8Array;
  readonly issuers: IssuerKeys;
}

async function firstDay(home: Home): Promise<Purse> {
  const town = await startTown({ home });
  const ayesha = town.client('ayesha');
  await town.load(ayesha, '500.00');
  const purse = await openPurse(await enrol(ayesha, 'ayesha', 'payer'), 10_000n);
  const { packet } = await pay(purse, { amountMinor: 100n, wallet: await shopOf(town) });
  await town.hand(town.client('bilal'), [packet]);
  await town.settleDown();
  await town.stop();
  return purse;
}

async function shopOf(town: Awaited<ReturnType<typeof startTown>>): Promise<number> {
  return (await town.wallets(town.client('bilal'))).current;
}

/** Payments of the week, to whoever the story says. */
async function live(home: Home, purse: Purse, to: 'bilal' | 'chaudhry'): Promise<Week> {
  const town = await startTown({ home });
  const { current: wallet } = await town.wallets(town.client(to));
  const paid = [
    await pay(purse, { amountMinor: 200n, wallet }),
    await pay(purse, { amountMinor: 300n, wallet }),
  ];
  const outcomes = await town.hand(
    town.client(to),
    paid.map(({ packet }) => packet),
  );
  expect(outcomes.map(({ result }) => result)).toEqual(['settled', 'settled']);
  await town.settleDown();
  const week = { checkpoint: await town.checkpoint(), issuers: await town.issuers() };
  await town.stop();
  return week;
}

test('a history rewritten as a whole passes, but for the checkpoint that was kept', async () => {
  const home = await createHome();
  const purse = await firstDay(home);
  const copy = await copyOf(home);
  try {
    const true_ = await live(home, { ...purse }, 'bilal');
    const rewritten = await live({ ...home, url: copy.url }, { ...purse }, 'chaudhry');
    const trustedIssuers = true_.issuers;
    const audited = { databaseUrl: copy.url, trustedIssuers };

    const alone = await audit(audited);
    expect(alone.checks.filter(({ ok }) => !ok)).toEqual([]);
    const withItsOwn = await audit({ ...audited, keptCheckpoints: [rewritten.checkpoint] });
    expect(withItsOwn.ok).toBe(true);

    const withTheTrue = await audit({ ...audited, keptCheckpoints: [true_.checkpoint] });
    expect(withTheTrue.checks.filter(({ ok }) => !ok)).toMatchObject([
      {
        name: 'consistency',
        firstWrong: {
          table: 'kept',
          what: expect.stringMatching(/does not continue that of checkpoints, no/) as string,
        },
      },
      {
        name: 'kept checkpoints',
        firstWrong: {
          table: 'kept',
          key: { place: '0' },
          what: expect.stringMatching(/root of the log|head of the audit chain/) as string,
        },
      },
    ]);
  } finally {
    await copy.drop();
    await home.drop();
  }
});
