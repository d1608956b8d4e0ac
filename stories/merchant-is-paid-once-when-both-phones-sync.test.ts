import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoryBank } from './support/bank.ts';
import type { StoryBank } from './support/bank.ts';
import { balanceOf, done, enrolPhone, loadPhone } from './support/phones.ts';
import type { StoryPhone } from './support/phones.ts';

describe('the merchant is paid once', () => {
  let story: StoryBank;

  beforeAll(async () => {
    story = await openStoryBank();
  });
  afterAll(async () => {
    await story.stop();
  });

  const phones = async (network?: typeof fetch) => {
    const payer = await enrolPhone(story.bank, {
      account: 'ayesha',
      role: 'payer',
      ...(network === undefined ? {} : { fetch: network }),
    });
    const payee = await enrolPhone(story.bank, { account: 'bilal', role: 'payee' });
    return { payer, payee };
  };
  const exchange = async (from: StoryPhone, to: StoryPhone, amountMinor: bigint) => {
    const request = done(await to.payee.createRequest({ amountMinor }));
    const payment = done(await from.payer.pay(request.text));
    const accepted = done(await to.payee.accept(payment.text));
    done(await from.payer.acceptReceipt(accepted.receiptText));
    return payment;
  };
  const gained = async (phone: StoryPhone, work: () => Promise<unknown>): Promise<number> => {
    const before = Number(await balanceOf(phone, 'current'));
    await work();
    return Number(await balanceOf(phone, 'current')) - before;
  };

  it('when both phones sync, one after the other, at once, and again', async () => {
    const { payer, payee } = await phones();
    await loadPhone(payer, 100_000n);
    const gain = await gained(payee, async () => {
      await exchange(payer, payee, 15_000n);
      done(await payee.payee.sync());
      done(await payer.payer.sync());
      for (let i = 0; i < 5; i++) await exchange(payer, payee, 1_000n);
      await Promise.all([payer.payer.sync(), payee.payee.sync(), payer.payer.sync()]);
      done(await payer.payer.sync());
      done(await payee.payee.sync());
    });
    expect(gain).toBe(200);
    const given = done(await payer.payer.state());
    expect(given.pending).toBe(0);
    expect(new Set(given.payments.map(({ state }) => state))).toEqual(new Set(['settled']));
    const taken = done(await payee.payee.state());
    expect(taken.payments.map(({ state }) => state)).toEqual(Array(6).fill('settled'));
  });

  it('when any reply of the bank is lost, whichever it is', async () => {
    for (let lost = 1; ; lost++) {
      let calls = 0;
      const losing: typeof fetch = async (input, init) => {
        const answer = await fetch(input, init);
        const { pathname } = new URL(new Request(input).url);
        // Moving money has an idempotency key of its own; this is about the wallet.
        if (pathname.startsWith('/api/v1/wallets')) return answer;
        calls += 1;
        if (calls === lost) throw new TypeError('the connection broke');
        return answer;
      };
      const { payer, payee } = await untilDone(() => phones(losing));
      await loadPhone(payer, 5_000n).catch(() => payer.payer.requestAllowance(5_000n));
      const gain = await gained(payee, async () => {
        await exchange(payer, payee, 300n);
        await untilDone(async () => done(await payer.payer.sync()));
        done(await payee.payee.sync());
      });
      expect(gain).toBe(3);
      expect(done(await payer.payer.state())).toMatchObject({ leftMinor: 4_700n, pending: 0 });
      if (calls < lost) break;
    }
  });

  it('by a printed code, gives some back, and the rest stays', async () => {
    const { payer, payee } = await phones();
    await loadPhone(payer, 10_000n);
    const code = done(await payee.payee.printedCode());
    const gain = await gained(payee, async () => {
      const payment = done(await payer.payer.pay(code.text, { amountMinor: 2_000n }));
      expect(done(await payee.payee.accept(payment.text)).verdict).toBe('accepted');
      expect(done(await payee.payee.accept(payment.text)).verdict).toBe('duplicate');
      const { paymentId } = payment;
      done(await payee.payee.refund({ paymentId, amountMinor: 500n }));
      expect(done(await payee.payee.sync())).toMatchObject({ decided: 2, pending: 0 });
      const { allowances } = done(await payer.payer.state());
      done(await payer.payer.signReturn(allowances[0]?.allowanceId ?? ''));
      expect(done(await payer.payer.sync())).toMatchObject({ decided: 2, pending: 0 });
    });
    expect(gain).toBe(15);
  });
});

/** The verb again after a refusal; a second one is a mistake. */
async function untilDone<T>(verb: () => Promise<T>): Promise<T> {
  return verb().catch(verb);
}
