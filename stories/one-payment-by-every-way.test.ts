import { audit } from '@sikka/auditor';
import { decodeCbor } from '@sikka/protocol';
import { OfflineSDK } from '@sikka/wallet/device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { balanceOf, done, enrolPhone, loadPhone } from './support/phones.ts';
import type { StoryPhone } from './support/phones.ts';

/** docs/hostile-rows.md §4, rows 11 and 13. */

type Json = Readonly<Record<string, unknown>>;

describe('one payment that comes by every way at once', () => {
  let story: StoryBank;
  let payer: StoryPhone;
  let payee: StoryPhone;
  let tills = 0;

  beforeAll(async () => {
    story = await openStoryBank();
    await story.database.ownerPool.query(
      `insert into account_roles (account_id, role, granted_at)
       select id, 'risk', now() from accounts where public_id = 'operator'
       on conflict do nothing`,
    );
    payer = await enrolPhone(story.bank, { account: 'ayesha', role: 'payer' });
    payee = await enrolPhone(story.bank, { account: 'bilal', role: 'payee', fetch: network });
    await loadPhone(payer, 100_000n);
  }, 120_000);
  afterAll(() => story.stop());

  let isDown = false;
  let lost = new Uint8Array();
  /** The payee's: while it is down, what would have been handed in is kept here. */
  const network: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!isDown || !request.url.endsWith('/api/v1/documents')) return fetch(request);
    lost = new Uint8Array(await request.arrayBuffer());
    throw new TypeError('the connection broke');
  };

  /** The payment in the clear, as whoever accepted it has it: the last of what was to be sent. */
  async function acceptedPayment(): Promise<string> {
    isDown = true;
    await payee.payee.sync();
    isDown = false;
    const items = decodeCbor(lost, { maxBytes: 8_192 });
    const last: unknown = items.ok && Array.isArray(items.value) ? items.value.at(-1) : undefined;
    if (!(last instanceof Uint8Array)) throw new Error('Nothing was to be handed in.');
    return Buffer.from(last).toString('base64');
  }

  async function ask(path: string, body?: object): Promise<Json> {
    const token = await story.bank.token('operator', ['pay_admin', 'risk']);
    const answer = await fetch(`${story.bank.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Json;
    expect([path, answer.ok, said]).toEqual([path, true, said]);
    return said;
  }

  /** From these scores on somebody looks first. */
  const setPolicy = (from: { review_from: number; quarantine_from: number }) =>
    ask('/offline/policies', { country: 'PK', max_offline_amount: 5000, ...from });

  async function openTill(): Promise<OfflineSDK> {
    const kept = new Map<string, string>();
    const deviceId = `counter-${(tills += 1)}`;
    const till = new OfflineSDK({
      ...{ apiUrl: story.bank.url, deviceId, tenantType: 'merchant', tenantId: deviceId },
      ...{ country: 'PK', currency: 'PKR', autoSync: false },
      sealingKey: crypto.getRandomValues(new Uint8Array(32)),
      storage: {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => void kept.set(key, value),
        removeItem: (key) => void kept.delete(key),
      },
    });
    await till.initialize();
    const token = await story.bank.token('operator', ['pay_admin']);
    expect(await till.registerDevice(token)).toEqual({ success: true });
    return till;
  }

  /** A payment from hand to hand, and tills that saw it: its code is in their bundles. */
  async function payBefore(seers: readonly OfflineSDK[]): Promise<void> {
    const request = done(await payee.payee.createRequest({ amountMinor: 15_000n }));
    const payment = done(await payer.payer.pay(request.text));
    const accepted = done(await payee.payee.accept(payment.text));
    done(await payer.payer.acceptReceipt(accepted.receiptText));
    const meta = { payment: await acceptedPayment() };
    const wallets = await payee.client.listWallets();
    if (!wallets.ok) throw new Error(wallets.problem.title);
    const receiver = String(
      wallets.value.find(({ wallet_type: kind }) => kind === 'current')?.id ?? 0,
    );
    for (const till of seers) {
      const sale = { type: 'merchant', amount: 150, currency: 'PKR', sender: 'Ayesha' } as const;
      const kept = await till.createOfflineTransaction({ ...sale, receiver, meta });
      expect(kept).toMatchObject({ success: true });
    }
  }

  const gained = async (act: () => Promise<unknown>): Promise<number> => {
    const before = Number(await balanceOf(payee, 'current'));
    await act();
    return Number(await balanceOf(payee, 'current')) - before;
  };

  async function bundleStatuses(): Promise<readonly unknown[]> {
    const { rows } = await story.database.ownerPool.query<{ bundle_id: string }>(
      `select bundle_id from device_bundles as b join tills as t on t.no = b.till
       order by b.id`,
    );
    const read = rows.map(({ bundle_id: id }) => ask(`/offline/bundles/${encodeURIComponent(id)}`));
    return (await Promise.all(read)).map(({ bundle }) => (bundle as Json)['status']);
  }

  it('by both phones and two tills: one settlement, and everybody is told so', async () => {
    await setPolicy({ review_from: 1, quarantine_from: 1 });
    const seers = [await openTill(), await openTill()];
    const gain = await gained(async () => {
      await payBefore(seers);
      const lanes = Array.from({ length: 5 }, () => [
        payer.payer.sync(),
        payee.payee.sync(),
        ...seers.map((till) => till.syncNow()),
      ]);
      await Promise.all(lanes.flat());
      done(await payer.payer.sync());
      done(await payee.payee.sync());
    });
    expect(gain).toBe(150);
    expect(await bundleStatuses()).toEqual(['reconciled', 'reconciled']);
    const states = [await payer.payer.state(), await payee.payee.state()].map(done);
    expect(states.map(({ payments }) => payments.map(({ state }) => state))).toEqual([
      ['settled'],
      ['settled'],
    ]);
  });

  it('while its bundle is held: the payee is paid, and the release pays nobody again', async () => {
    await setPolicy({ review_from: 0, quarantine_from: 1 });
    const till = await openTill();
    const first = await gained(async () => {
      await payBefore([till]);
      expect(await till.syncNow()).toMatchObject({ success: true, bundlesPushed: 1 });
      expect((await bundleStatuses()).at(-1)).toBe('pending_review');
      done(await payee.payee.sync());
    });
    expect(first).toBe(150);
    const listed = (await ask('/api/v1/operator/reviews'))['reviews'] as readonly Json[];
    const review = String(listed[0]?.['id']);
    const released = await gained(() =>
      ask(`/api/v1/operator/reviews/${review}/release`, { reason: 'The customer was there.' }),
    );
    expect(released).toBe(0);
    await expect.poll(async () => (await bundleStatuses()).at(-1)).toBe('reconciled');
  });

  it('and afterwards an auditor finds nothing wrong', async () => {
    const report = await audit({ databaseUrl: story.bank.databaseUrl });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
