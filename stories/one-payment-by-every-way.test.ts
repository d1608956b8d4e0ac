import { audit } from '@sikka/auditor';
import { decodeCbor, encodeBase64, encodeCbor } from '@sikka/protocol';
import type { OfflineSDK } from '@sikka/wallet/device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { openDesk } from './support/counter.ts';
import type { Desk, Json } from './support/counter.ts';
import { openLedgerParties } from './support/ledger-parties.ts';
import type { LedgerParties } from './support/ledger-parties.ts';
import { balanceOf, done, enrolPhone, loadPhone } from './support/phones.ts';
import type { StoryPhone } from './support/phones.ts';

/** docs/hostile-rows.md §3, rows B8, L10 and R6. */

const DAY = 86_400_000;
const PATIENCE = { timeout: 30_000, interval: 100 };

describe('one payment that comes by every way at once', () => {
  let story: StoryBank;
  let desk: Desk;
  let payer: StoryPhone;
  let payee: StoryPhone;
  /** Of four weeks ago, by the bank's clock and by both phones'. */
  let old: { readonly payment: string; readonly receiver: string };
  let ahead = -29 * DAY;

  beforeAll(async () => {
    // A worker of its own might close what is a month old before any of it is handed in.
    const env = { WORKER: 'off' };
    story = await openStoryBank({ env, clock: () => new Date(Date.now() + ahead) });
    desk = await openDesk(story);
    const clock = { now: () => Math.floor((Date.now() + ahead) / 1000) };
    const phone = async (account: string, role: 'payer' | 'payee') => {
      const enrolled = await enrolPhone(story.bank, { account, role, clock, fetch: network });
      if (role === 'payer') await loadPhone(enrolled, 50_000n);
      return enrolled;
    };
    await phone('chaudhry', 'payer');
    old = await signBetween(await phone('ayesha', 'payer'), await phone('bilal', 'payee'));
    ahead = 0;
    [payer, payee] = [await phone('ayesha', 'payer'), await phone('bilal', 'payee')];
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
  async function acceptedBy(phone: StoryPhone): Promise<string> {
    isDown = true;
    await phone.payee.sync();
    isDown = false;
    const items = decodeCbor(lost, { maxBytes: 8_192 });
    const last: unknown = items.ok && Array.isArray(items.value) ? items.value.at(-1) : undefined;
    if (!(last instanceof Uint8Array)) throw new Error('Nothing was to be handed in.');
    return Buffer.from(last).toString('base64');
  }

  /** A payment from hand to hand: the packet, and whose wallet it pays. */
  async function signBetween(from: StoryPhone, to: StoryPhone) {
    const request = done(await to.payee.createRequest({ amountMinor: 15_000n }));
    const paid = done(await from.payer.pay(request.text));
    const accepted = done(await to.payee.accept(paid.text));
    done(await from.payer.acceptReceipt(accepted.receiptText));
    const wallets = await to.client.listWallets();
    if (!wallets.ok) throw new Error(wallets.problem.title);
    const current = wallets.value.find(({ wallet_type: kind }) => kind === 'current');
    return { payment: await acceptedBy(to), receiver: String(current?.id ?? 0) };
  }

  /** A sale that a till saw: the payment's code is in its bundle. */
  async function tell(till: OfflineSDK, seen: typeof old): Promise<void> {
    const { payment, receiver } = seen;
    const sale = { type: 'merchant', amount: 150, currency: 'PKR', sender: 'Ayesha' } as const;
    const kept = await till.createOfflineTransaction({ ...sale, receiver, meta: { payment } });
    expect(kept).toMatchObject({ success: true });
  }

  const release = async () => {
    const review = `/api/v1/operator/reviews/${await desk.openReview()}`;
    await desk.ask(`${review}/release`, { reason: 'The customer was there.' });
  };

  const gained = async (act: () => Promise<unknown>): Promise<number> => {
    const before = Number(await balanceOf(payee, 'current'));
    await act();
    return Number(await balanceOf(payee, 'current')) - before;
  };

  it('by both phones and two tills: one settlement, and everybody is told so', async () => {
    await desk.setPolicy({ review_from: 1, quarantine_from: 1 });
    const seers = [await desk.openTill(), await desk.openTill()];
    const gain = await gained(async () => {
      const seen = await signBetween(payer, payee);
      for (const till of seers) await tell(till, seen);
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
    expect(await desk.bundleStatuses()).toEqual(['reconciled', 'reconciled']);
    const states = [await payer.payer.state(), await payee.payee.state()].map(done);
    expect(states.map(({ payments }) => payments.map(({ state }) => state))).toEqual([
      ['settled'],
      ['settled'],
    ]);
  });

  it('while its bundle is held: the payee is paid, and the release pays nobody again', async () => {
    await desk.setPolicy({ review_from: 0, quarantine_from: 1 });
    const till = await desk.openTill();
    const first = await gained(async () => {
      await tell(till, await signBetween(payer, payee));
      expect(await till.syncNow()).toMatchObject({ success: true, bundlesPushed: 1 });
      expect((await desk.bundleStatuses()).at(-1)).toBe('pending_review');
      done(await payee.payee.sync());
    });
    expect(first).toBe(150);
    expect(await gained(release)).toBe(0);
    const status = async () => (await desk.bundleStatuses()).at(-1);
    await expect.poll(status, PATIENCE).toBe('reconciled');
  });

  describe('of a sealed ledger', () => {
    let parties: LedgerParties;
    beforeAll(async () => {
      await desk.setPolicy({ review_from: 1, quarantine_from: 1 });
      parties = await openLedgerParties(story, desk);
    });

    const moved = async (act: () => Promise<unknown>): Promise<bigint> => {
      const before = await parties.payeeHas();
      await act();
      return (await parties.payeeHas()) - before;
    };

    /** By hand, by somebody who has nothing to do with it. */
    const handIn = async (item: Uint8Array): Promise<unknown> => {
      const answer = await fetch(`${story.bank.url}/api/v1/documents`, {
        method: 'POST',
        headers: {
          'content-type': 'application/cbor',
          authorization: `Bearer ${await story.bank.token('chaudhry')}`,
        },
        body: Buffer.from(encodeCbor([item])),
      });
      const { outcomes } = (await answer.json()) as { outcomes: readonly Json[] };
      return outcomes.map(({ result }) => result);
    };

    it('from file to file to the bank: verified, settled once, and what is new', async () => {
      const first = await parties.pay('100');
      const valid = { valid: true, errors: [], verified_transactions: [first.txnId] };
      expect(await desk.ask('/verify-ledger', await parties.exported())).toEqual(valid);
      const whole = await moved(async () => {
        const said = await desk.ask('/settle-ledger', await parties.exported());
        expect(said).toMatchObject({ settled: true, settled_transactions: [first.txnId] });
      });
      const second = await parties.pay('12.5');
      const grown = await moved(async () => {
        const said = await desk.ask('/settle-ledger', await parties.exported());
        expect(said).toMatchObject({
          ...{ settled: true, settled_transactions: [second.txnId] },
          errors: [`Transaction ${first.txnId} already settled (replay detected)`],
        });
      });
      expect([whole, grown]).toEqual([10_000n, 1_250n]);
      expect(await parties.limit()).toMatchObject({ used_amount: 112.5, current_balance: 887.5 });
    });

    it('in its ledger, two bundles and by hand at once: one settlement, all say so', async () => {
      const { txnId, item } = await parties.pay('150');
      const tills = [await desk.openTill(), await desk.openTill()];
      const seen = { payment: encodeBase64(item), receiver: String(parties.payee) };
      for (const till of tills) await tell(till, seen);
      const ledgers = await Promise.all([1, 2, 3].map(() => parties.exported()));
      const settled: unknown[] = [];
      const gain = await moved(async () => {
        const lanes = [
          ...ledgers.map(async (ledger) => {
            const said = await desk.ask('/settle-ledger', ledger);
            settled.push(...(said['settled_transactions'] as readonly unknown[]));
          }),
          ...tills.map((till) => till.syncNow()),
          ...[1, 2, 3].map(() => handIn(item)),
        ];
        await Promise.all(lanes);
      });
      expect(gain).toBe(15_000n);
      expect([[], [txnId]]).toContainEqual(settled);
      expect((await desk.bundleStatuses()).slice(-2)).toEqual(['reconciled', 'reconciled']);
      expect(await handIn(item)).toEqual(['settled']);
      const replayed = await desk.ask('/settle-ledger', await parties.exported());
      expect(replayed['errors']).toContain(
        `Transaction ${txnId} already settled (replay detected)`,
      );
    });
  });

  const oldestAllowanceOf = async (account: string): Promise<string | undefined> => {
    const { rows } = await story.database.ownerPool.query<{ status: string }>(
      `select s.status from allowance_states as s join allowances as a on a.no = s.no
        join accounts as p on p.id = a.account_id where p.public_id = $1 order by a.no`,
      [account],
    );
    return rows[0]?.status;
  };

  /** As if what is held had come so long ago: the database's own clock cannot be set. */
  async function receiveDaysAgo(days: number): Promise<void> {
    await story.database.ownerPool.query(
      `alter table uploads disable trigger append_only;
       update uploads set received_at = received_at - interval '${days} days'
         where id in (select upload_id from inbox where held_by is not null);
       alter table uploads enable always trigger append_only`,
    );
  }

  it('past the end of its claim window while held: its payee is paid on release', async () => {
    await desk.setPolicy({ review_from: 0, quarantine_from: 1 });
    const till = await desk.openTill();
    await tell(till, old);
    expect(await till.syncNow()).toMatchObject({ success: true, bundlesPushed: 1 });
    await receiveDaysAgo(2);
    await story.bank.work();
    expect(await oldestAllowanceOf('chaudhry')).toBe('closed');
    expect((await desk.bundleStatuses()).at(-1)).toBe('pending_review');
    expect(await oldestAllowanceOf('ayesha')).toBe('expired');
    expect(await gained(release)).toBe(150);
    expect((await desk.bundleStatuses()).at(-1)).toBe('reconciled');
  });

  it('and afterwards an auditor finds nothing wrong', async () => {
    const report = await audit({ databaseUrl: story.bank.databaseUrl });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
