import { decodePacketOfKind, fromHex, hex, seal } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { WalletError } from '../src/errors.ts';
import type { Keystore } from '../src/keystore/keystore.ts';
import { MAX_OPEN_REQUESTS } from '../src/limits.ts';
import type { Payee } from '../src/payee/index.ts';
import { signPayment } from './support/documents.ts';
import { createWorld, exchange, expectOk, openPayeeOn } from './support/world.ts';

const HOUR = 3_600;

/** What a cheat copies from a request that it was shown. */
async function boundTo(payee: Payee, amountMinor: bigint | 'open' = 'open') {
  const request = expectOk(await payee.createRequest({ amountMinor }));
  const decoded = decodePacketOfKind('request', request.packet);
  if (!decoded.ok) throw new Error(decoded.detail);
  const { credential, request: signed, requestId } = decoded.value;
  return {
    payeeWallet: credential.fields.wallet,
    bind: requestId,
    ecdhKey: signed.fields.ecdhKey,
    request,
  };
}

const refused = (code: string) => ({ ok: false, verdict: 'refused', code });

describe('the payee, shown a payment again', () => {
  it('gives the first receipt again, also after a restart and in the clear', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { phone, payee } = await world.payee();
    const { payment, accepted } = await exchange(payer, payee, 500n);
    const clear = [...(await payer.wallet.journal.read()).given.values()][0]!.packet.bytes;
    for (const till of [payee, await openPayeeOn(phone)]) {
      for (const shown of [payment.text, payment.packet, clear]) {
        expect(await till.accept(shown)).toMatchObject({
          ok: true,
          verdict: 'duplicate',
          code: 'duplicate',
          receiptText: accepted.receiptText,
          twoWords: accepted.twoWords,
        });
      }
    }
    expect(expectOk(await payee.pending())).toMatchObject({ totalMinor: 500n });
    expect(expectOk(await payee.pending()).payments).toHaveLength(1);
  });

  it('accepts though the key cannot be forgotten, and forgets it at the next opening', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { phone } = await world.payee();
    const keystore: Keystore = {
      ...phone.keystore,
      deleteAgreementKey: async () => {
        throw new WalletError('wallet/store_failed', 'the disk is full');
      },
    };
    const payee = await openPayeeOn(phone, { keystore });
    const { payment } = await exchange(payer, payee, 500n);
    expect(expectOk(await payee.pending())).toMatchObject({ totalMinor: 500n });
    expect(await payee.accept(payment.text)).toMatchObject({ ok: true, verdict: 'duplicate' });
    expect(await phone.keystore.agreementKeys()).toHaveLength(1);
    await openPayeeOn(phone);
    expect(await phone.keystore.agreementKeys()).toHaveLength(0);
  });

  it('is no other payee and no other till', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    const { payee: rival } = await world.payee('chaudhry');
    // A second till of the same wallet.
    const { payee: till } = await world.payee();
    const { payment } = await exchange(payer, payee, 500n);
    const clear = [...(await payer.wallet.journal.read()).given.values()][0]!.packet.bytes;
    expect(await rival.accept(payment.text)).toMatchObject(refused('sealed/open_failed'));
    expect(await rival.accept(clear)).toMatchObject(refused('wrong_payee'));
    expect(await till.accept(payment.text)).toMatchObject(refused('sealed/open_failed'));
    expect(await till.accept(clear)).toMatchObject(refused('wrong_bind'));
    // Whoever opened it can seal it anew to somebody else's request.
    const { ecdhKey, bind } = await boundTo(till);
    const resealed = await seal(clear, { ecdhKey, bind });
    expect(await till.accept(resealed)).toMatchObject(refused('wrong_bind'));
  });
});

describe('the payee refuses', () => {
  it('a request that is over or paid, and forgets its key', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payer: second } = await world.payer('zara');
    const { phone, payee } = await world.payee();
    const late = expectOk(await payee.createRequest({ amountMinor: 5n, validFor: 60 }));
    const slow = expectOk(await payer.pay(late.text));
    const once = await boundTo(payee);
    expect(await phone.keystore.agreementKeys()).toHaveLength(2);
    const first = expectOk(await payer.pay(once.request.text, { amountMinor: 7n }));
    const other = expectOk(await second.pay(once.request.text, { amountMinor: 7n }));
    expect(expectOk(await payee.accept(first.text)).verdict).toBe('accepted');
    expect(await phone.keystore.agreementKeys()).toHaveLength(1);
    expect(await payee.accept(other.text)).toMatchObject(refused('sealed/open_failed'));
    const clear = [...(await second.wallet.journal.read()).given.values()][0]!.packet.bytes;
    expect(await payee.accept(clear)).toMatchObject(refused('request_already_paid'));
    world.bank.time.now += 61;
    expect(await payee.accept(slow.text)).toMatchObject(refused('request_expired'));
    expect(await payer.pay(late.text)).toMatchObject({ code: 'request_expired' });
    expectOk(await payee.createRequest({ amountMinor: 1n }));
    expect(await phone.keystore.agreementKeys()).toHaveLength(1);
    expect(await payee.accept(slow.text)).toMatchObject(refused('sealed/open_failed'));
  });

  it('what is no payment, or not for this till, or not as asked', async () => {
    const world = await createWorld();
    const { payer } = await world.payer('ayesha', 1_000n);
    const { payee } = await world.payee();
    const { packet } = expectOk(await payee.createRequest({ amountMinor: 5n }));
    const to = await boundTo(payee, 300n);
    const wallet = to.payeeWallet;
    const signed = (changes: object) =>
      signPayment(payer, { payeeWallet: wallet, bind: to.bind, amountMinor: 300n, ...changes });
    const cases: readonly (readonly [string, Uint8Array, string])[] = [
      ['a request', packet, 'wallet/not_a_payment'],
      ['rubbish', Uint8Array.of(0xff), 'malformed'],
      ['another wallet', await signed({ payeeWallet: world.bank.walletOf('x') }), 'wrong_payee'],
      ['another mode', await signed({ mode: 'static' }), 'wrong_mode'],
      ['another request', await signed({ bind: new Uint8Array(32).fill(1) }), 'wrong_bind'],
      ['another currency', await signed({ currency: 840 }), 'wrong_currency'],
      ['less', await signed({ amountMinor: 299n, spentMinor: 299n }), 'wrong_amount'],
      ['nothing', await signed({ amountMinor: 0n, spentMinor: 0n }), 'amount_zero'],
      ['beyond the limit', await signed({ sequence: 2, spentMinor: 1_001n }), 'over_limit'],
      ['beyond the count', await signed({ sequence: 51, spentMinor: 301n }), 'over_count'],
      ['a false start', await signed({ spentMinor: 301n }), 'totals_inconsistent'],
    ];
    for (const [what, shown, code] of cases) {
      expect(await payee.accept(shown), what).toMatchObject(refused(code));
    }
    const honest = await signed({});
    for (const at of [3, honest.length - 70, honest.length - 1]) {
      const flipped = honest.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect((await payee.accept(flipped)).ok).toBe(false);
    }
    expect(expectOk(await payee.accept(honest)).verdict).toBe('accepted');
  });

  it('what contradicts a payment it has, and hands it in as evidence', async () => {
    const world = await createWorld();
    const { payer } = await world.payer('ayesha', 1_000n);
    const { payee } = await world.payee();
    const pay = async (changes: object) => {
      const { payeeWallet, bind } = await boundTo(payee);
      return signPayment(payer, { payeeWallet, bind, amountMinor: 100n, ...changes });
    };
    const first = await pay({ sequence: 3, spentMinor: 300n });
    expect(expectOk(await payee.accept(first)).verdict).toBe('accepted');
    const cases: readonly (readonly [object, string])[] = [
      [{ sequence: 3, spentMinor: 300n, claimedAt: 1 }, 'double_spend'],
      [{ sequence: 9, spentMinor: 350n }, 'contradiction'],
      [{ sequence: 2, spentMinor: 250n }, 'contradiction'],
    ];
    for (const [changes, code] of cases) {
      expect(await payee.accept(await pay(changes))).toMatchObject(refused(code));
    }
    expect(expectOk(await payee.accept(await pay({ sequence: 7, spentMinor: 600n }))).ok).toBe(
      true,
    );
    // Two payments and three that contradict them.
    expect(expectOk(await payee.sync())).toMatchObject({ decided: 5, pending: 0 });
    expect([...world.bank.ledger.paid.values()]).toEqual([200n]);
  });

  it('more open requests than a queue has customers', async () => {
    const world = await createWorld();
    const { payee } = await world.payee();
    for (let open = 0; open < MAX_OPEN_REQUESTS; open++) {
      expectOk(await payee.createRequest({ amountMinor: 1n, validFor: 60 }));
    }
    expect(await payee.createRequest({ amountMinor: 1n })).toMatchObject({
      ok: false,
      code: 'wallet/too_many_requests',
    });
    world.bank.time.now += 61;
    expectOk(await payee.createRequest({ amountMinor: 1n }));
    expect(expectOk(await payee.state()).openRequests).toBe(1);
  });
});

describe('what the till showed', () => {
  it('is shown again byte for byte after a restart, a request only while it is open', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { phone, payee } = await world.payee();
    const asked = expectOk(await payee.createRequest({ amountMinor: 700n, validFor: 60 }));
    const open = expectOk(await payee.createRequest({ amountMinor: 'open', validFor: 60 }));
    const again = await openPayeeOn(phone);
    expect(await again.showRequest(asked.requestId)).toEqual({ ...asked, amountMinor: 700n });
    expect(await again.showRequest(open.requestId)).toMatchObject({ amountMinor: 'open' });
    const paid = expectOk(await payer.pay(asked.text));
    const taken = expectOk(await again.accept(paid.text));
    const [sale] = expectOk(await again.state()).payments;
    expect(sale).toMatchObject({ paymentId: taken.paymentId, bind: asked.requestId });
    expect(await again.showReceipt(taken.paymentId)).toMatchObject({
      ...{ ok: true, text: taken.receiptText },
    });
    const over = { ok: false, code: 'request_expired' };
    expect(await again.showRequest(asked.requestId)).toMatchObject({
      ...{ ok: false, code: 'request_already_paid' },
    });
    expect(await again.showRequest('00')).toMatchObject(over);
    expect(await again.showReceipt('00')).toMatchObject({ code: 'wallet/payment_unknown' });
    world.bank.time.now += HOUR;
    expect(await again.showRequest(open.requestId)).toMatchObject(over);
  });
});

describe('a printed code', () => {
  it('is paid many times, by its own till’s seen-set, once each', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { phone, payee } = await world.payee();
    const code = expectOk(await payee.printedCode());
    expect(expectOk(await payee.printedCode()).text).toBe(code.text);
    for (const amountMinor of [10n, 20n]) {
      const { text } = expectOk(await payer.pay(code.text, { amountMinor }));
      expect(expectOk(await payee.accept(text)).verdict).toBe('accepted');
      expect(expectOk(await payee.accept(text)).verdict).toBe('duplicate');
    }
    expect(await payer.pay(code.text)).toMatchObject({ code: 'wallet/amount_missing' });
    const reopened = await openPayeeOn(phone);
    const { text } = expectOk(await payer.pay(code.text, { amountMinor: 30n }));
    expect(expectOk(await reopened.accept(text)).verdict).toBe('accepted');
    expectOk(await reopened.sync());
    expect([...world.bank.ledger.paid.values()]).toEqual([60n]);
  });

  it('is nothing to another till, nor to its own till once that lost its seen-set', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { phone, payee } = await world.payee();
    const { payee: till } = await world.payee();
    const code = expectOk(await payee.printedCode());
    expectOk(await till.printedCode());
    const { text, paymentId } = expectOk(await payer.pay(code.text, { amountMinor: 10n }));
    const clear = (await payer.wallet.journal.read()).given.get(paymentId)!.packet.bytes;
    expect(await till.accept(text)).toMatchObject(refused('sealed/open_failed'));
    expect(await till.accept(clear)).toMatchObject(refused('wrong_bind'));
    // A payment for a request of this till is no payment for its code, nor the other way round.
    const { bind, payeeWallet } = await boundTo(payee);
    const confused = { payeeWallet, bind, amountMinor: 10n, mode: 'static' } as const;
    expect(await payee.accept(await signPayment(payer, confused))).toMatchObject(
      refused('wrong_mode'),
    );
    const other = { ...confused, bind: fromHex(code.credentialId), mode: 'dynamic' } as const;
    expect(await payee.accept(await signPayment(payer, other))).toMatchObject(
      refused('wrong_mode'),
    );
    // The journal is gone, the keys are still there: the old code is dead.
    phone.disk.records.length = 0;
    phone.disk.uniqueKeys.clear();
    const empty = await openPayeeOn(phone);
    expect((await empty.accept(text)).ok).toBe(false);
    expect(await phone.keystore.agreementKeys()).toEqual([]);
    expectOk(await payee.state());
  });
});

describe('a refund', () => {
  it('counts, adds up, never exceeds the payment, and is handed in', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    const { payment } = await exchange(payer, payee, 500n);
    const { paymentId } = payment;
    const unknown = { ok: false, code: 'wallet/payment_unknown' };
    expect(await payee.refund({ paymentId: '00', amountMinor: 5n })).toMatchObject(unknown);
    expect(await payee.refund({ paymentId, amountMinor: 0n })).toMatchObject({
      code: 'amount_zero',
    });
    // The test bank has no money for a refund of exactly 13.
    expectOk(await payee.refund({ paymentId, amountMinor: 13n }));
    expectOk(await payee.sync());
    expect(expectOk(await payee.state()).payments[0]).toMatchObject({ refundedMinor: 0n });
    const first = expectOk(await payee.refund({ paymentId, amountMinor: 200n }));
    expect(first.cumulativeMinor).toBe(200n);
    const second = expectOk(await payee.refund({ paymentId, amountMinor: 300n }));
    expect(second.cumulativeMinor).toBe(500n);
    expect(await payee.refund({ paymentId, amountMinor: 1n })).toMatchObject({
      ok: false,
      code: 'wallet/refund_over_amount',
    });
    expect(expectOk(await payee.sync())).toMatchObject({ decided: 2, pending: 0 });
    const refunds = world.bank.ledger.refunds.map(({ refund }) => refund.fields);
    expect(refunds.map(({ number }) => number)).toEqual([1, 2]);
    expect(hex(refunds[0]!.previous)).toBe(paymentId);
    expect(hex(refunds[1]!.previous)).toBe(first.refundId);
    expect(expectOk(await payee.state()).payments[0]).toMatchObject({ refundedMinor: 500n });
  });
});

describe('the till', () => {
  it('says what is not settled yet, and by when it must be handed in', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    world.bank.ledger.settings.slow = true;
    await exchange(payer, payee, 100n);
    world.bank.time.now += HOUR;
    await exchange(payer, payee, 200n);
    expect(expectOk(await payee.sync())).toMatchObject({ decided: 0, pending: 2 });
    expect(expectOk(await payee.sync())).toMatchObject({ decided: 0, pending: 2 });
    const pending = expectOk(await payee.pending());
    expect(pending.payments.map(({ state }) => state)).toEqual(['sent', 'sent']);
    expect(pending).toMatchObject({
      totalMinor: 300n,
      oldestAt: world.bank.time.now - HOUR,
      handInBy: world.bank.time.now - HOUR + world.bank.policy.claimSeconds,
    });
    world.bank.ledger.settings.slow = false;
    expect(expectOk(await payee.sync())).toMatchObject({ decided: 2, pending: 0 });
    expect(expectOk(await payee.pending())).toMatchObject({
      ...{ totalMinor: 0n, oldestAt: undefined, documents: 0 },
    });
  });

  it('counts a refund that is not handed in, with every sale settled', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    await exchange(payer, payee, 100n);
    expect(expectOk(await payee.pending())).toMatchObject({ documents: 1 });
    expectOk(await payee.sync());
    const { paymentId } = expectOk(await payee.state()).payments[0]!;
    expectOk(await payee.refund({ paymentId, amountMinor: 10n }));
    const before = expectOk(await payee.pending());
    expect([before.payments.length, before.documents]).toEqual([0, 1]);
    expectOk(await payee.sync());
    expect(expectOk(await payee.pending())).toMatchObject({ documents: 0 });
  });

  it('does nothing before it is enrolled, and nothing that its role has not', async () => {
    const world = await createWorld();
    const payee = await openPayeeOn(await world.phone('bilal'));
    const missing = { ok: false, code: 'wallet/not_enrolled' };
    expect(await payee.createRequest({ amountMinor: 5n })).toMatchObject(missing);
    expect(await payee.printedCode()).toMatchObject(missing);
    expect(await payee.accept(new Uint8Array(3))).toMatchObject({ ...missing, verdict: 'refused' });
    expectOk(await payee.enrol({ role: 'payer' }));
    const wrong = { ok: false, code: 'wallet/role_missing' };
    expect(await payee.createRequest({ amountMinor: 5n })).toMatchObject(wrong);
    expect(await payee.refund({ paymentId: '', amountMinor: 5n })).toMatchObject(wrong);
  });
});
