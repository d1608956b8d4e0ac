import { createClient } from '@sikka/api';
import { openNodeKeystore, openNodeStore } from '@sikka/wallet/node';
import { openPayer } from '@sikka/wallet/payer';
import type { Payer } from '@sikka/wallet/payer';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { done, enrolPhone, loadPhone } from './support/phones.ts';

describe('a backup that is restored', () => {
  let story: StoryBank;

  beforeAll(async () => {
    story = await openStoryBank();
  });
  afterAll(async () => {
    await story.stop();
  });

  const openIn = async (folder: string): Promise<Payer> => {
    const clock = { now: () => Math.floor(Date.now() / 1_000) };
    const pin = '2580';
    const keys = await openNodeKeystore({ folder, pin, clock, gate: 'session', scryptLogN: 12 });
    const opened = await openPayer({
      store: await openNodeStore({ folder }),
      keystore: done(keys).keystore,
      client: createClient({ baseUrl: story.bank.url, token: () => story.bank.token('ayesha') }),
      bank: { id: 'sikka-demo', account: 'ayesha', currency: 586 },
      clock,
      random: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    });
    const { payer } = done(opened);
    onTestFinished(() => payer.wallet.store.close());
    return payer;
  };

  it('spends no more once the bank has told it what it forgot', async () => {
    const folder = join(story.folder, 'wallet');
    const payer = await openIn(folder);
    done(await payer.enrol({ role: 'payer' }));
    const client = createClient({
      baseUrl: story.bank.url,
      token: () => story.bank.token('ayesha'),
    });
    await loadPhone({ client, payer }, 50_000n);
    const { payee: till } = await enrolPhone(story.bank, { account: 'bilal', role: 'payee' });
    const ask = async () => done(await till.createRequest({ amountMinor: 1_000n })).text;

    done(await till.accept(done(await payer.pay(await ask())).text));
    await cp(folder, `${folder}-backup`, { recursive: true });
    done(await till.accept(done(await payer.pay(await ask())).text));
    done(await till.sync());

    const restored = await openIn(`${folder}-backup`);
    expect(done(await restored.sync()).rolledBack).toBe(true);
    expect(await restored.pay(await ask())).toMatchObject({
      ok: false,
      code: 'wallet/spending_stopped',
    });
    expect(done(await payer.sync()).rolledBack).toBe(false);
    done(await till.accept(done(await payer.pay(await ask())).text));
  });

  it('that spends before it is told is found out at the till or at the bank', async () => {
    const folder = join(story.folder, 'second');
    const payer = await openIn(folder);
    done(await payer.enrol({ role: 'payer' }));
    const client = createClient({
      baseUrl: story.bank.url,
      token: () => story.bank.token('ayesha'),
    });
    await loadPhone({ client, payer }, 50_000n);
    await cp(folder, `${folder}-backup`, { recursive: true });
    const restored = await openIn(`${folder}-backup`);
    const { payee: till } = await enrolPhone(story.bank, { account: 'bilal', role: 'payee' });
    const { payee: rival } = await enrolPhone(story.bank, { account: 'chaudhry', role: 'payee' });
    const ask = async (payee: typeof till) =>
      done(await payee.createRequest({ amountMinor: 1_000n })).text;

    done(await till.accept(done(await payer.pay(await ask(till))).text));
    const second = done(await restored.pay(await ask(till)));
    expect(await till.accept(second.text)).toMatchObject({ code: 'double_spend' });
    const third = done(await restored.pay(await ask(rival)));
    expect(done(await rival.accept(third.text)).verdict).toBe('accepted');
    // The till hands in what it accepted and the evidence; the rival's payment contradicts it.
    done(await till.sync());
    done(await rival.sync());
    const [refused] = done(await rival.state()).payments;
    expect(refused).toMatchObject({ state: 'rejected', code: 'contradiction' });
    expect(refused?.proofId).toMatch(/^[0-9a-f]{64}$/);
    const proof = await createClient({ baseUrl: story.bank.url }).getProof({
      params: { proof_id: refused?.proofId ?? '' },
    });
    expect(proof.ok).toBe(true);
  });
});
