import { hex } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { createWorld, exchange, expectOk, openPayerOn } from './support/world.ts';

const DAY = 86_400;

describe('the payer', () => {
  it('sees the verified name and town before paying', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    const request = expectOk(await payee.createRequest({ amountMinor: 'open' }));
    const wallet = world.bank.walletOf('bilal');
    expect(expectOk(await payer.inspect(request.text))).toEqual({
      ok: true,
      payee: { name: 'bilal Kiryana Store', town: 'Chakwal', wallet, till: 4712 },
      currency: 586,
      amountMinor: undefined,
      paidBy: undefined,
    });
    const { paymentId } = expectOk(await payer.pay(request.text, { amountMinor: 5n }));
    expect(await payer.inspect(request.text)).toMatchObject({ paidBy: paymentId });
  });

  it('refuses what is not to be paid, and signs nothing', async () => {
    const world = await createWorld();
    const { phone, payer } = await world.payer('ayesha', 10_000n);
    const { payee } = await world.payee();
    const requestOf = async (amountMinor: bigint | 'open') =>
      expectOk(await payee.createRequest({ amountMinor })).text;
    const fixed = await requestOf(500n);
    const open = await requestOf('open');
    const receipt = (await exchange(payer, payee, 1n)).accepted.receiptText;
    const before = phone.disk.records.length;
    const cases: readonly (readonly [string, string | Uint8Array, bigint | undefined, string])[] = [
      ['not ours at all', 'https://example.org', undefined, 'malformed'],
      ['lower case', fixed.toLowerCase(), undefined, 'malformed'],
      ['bytes that are no packet', Uint8Array.of(0x82, 0x01), undefined, 'malformed'],
      ['too much to read', new Uint8Array(5_000), undefined, 'too_large'],
      ['a receipt', receipt, 5n, 'malformed'],
      ['another amount than asked', fixed, 501n, 'wrong_amount'],
      ['no amount', open, undefined, 'wallet/amount_missing'],
      ['nothing', open, 0n, 'amount_zero'],
      ['less than nothing', open, -5n, 'amount_zero'],
      ['more than the allowance', open, 10_000n, 'over_limit'],
      ['more than any amount', open, 2n ** 60n, 'over_limit'],
    ];
    for (const [what, given, amountMinor, code] of cases) {
      const options = amountMinor === undefined ? {} : { amountMinor };
      const answer = await payer.pay(given, options);
      expect(answer, what).toMatchObject({ ok: false, code });
    }
    const forged = expectOk(await payee.createRequest({ amountMinor: 5n })).packet.slice();
    forged[forged.length - 5] = (forged[forged.length - 5] ?? 0) ^ 1;
    expect(await payer.pay(forged)).toMatchObject({ code: 'payee_signature_invalid' });
    expect(phone.disk.records).toHaveLength(before);
  });

  it('keeps to the allowance: a payment, the sum, the count, the time', async () => {
    const world = await createWorld();
    world.bank.policy.perPaymentMinor = 400n;
    world.bank.policy.count = 3;
    const { phone, payer } = await world.payer('ayesha', 1_000n);
    const { payee } = await world.payee();
    const ask = async (amountMinor: bigint) => {
      const request = expectOk(await payee.createRequest({ amountMinor }));
      const answer = await payer.pay(request.text);
      return answer.ok ? 'paid' : answer.code;
    };
    expect(await ask(401n)).toBe('over_per_payment');
    expect(await ask(400n)).toBe('paid');
    expect(await ask(400n)).toBe('paid');
    expect(await ask(201n)).toBe('over_limit');
    expect(await ask(100n)).toBe('paid');
    expect(await ask(1n)).toBe('over_count');
    const { allowances } = expectOk(await payer.state());
    expect(allowances[0]).toMatchObject({ status: 'exhausted', paymentsLeft: 0, leftMinor: 100n });
    // The next allowance has a nonce of its own, and is used where the first is used up.
    expectOk(await payer.requestAllowance(700n));
    expect(await ask(1n)).toBe('paid');
    expect(world.bank.ledger.rows('ayesha')).toHaveLength(2);
    world.bank.time.now += 15 * DAY;
    expectOk(await payee.sync());
    expect(await ask(1n)).toBe('expired');
    expect(expectOk(await (await openPayerOn(phone)).state()).leftMinor).toBe(0n);
  });

  it('spends the allowance that ends first, and the other where that is too small', async () => {
    const world = await createWorld();
    const { payer } = await world.payer('ayesha', 300n);
    const { payee } = await world.payee();
    world.bank.time.now += DAY;
    expectOk(await payer.requestAllowance(5_000n));
    await exchange(payer, payee, 100n);
    await exchange(payer, payee, 4_000n);
    await exchange(payer, payee, 200n);
    const { allowances } = expectOk(await payer.state());
    expect(allowances.map(({ leftMinor }) => leftMinor)).toEqual([0n, 1_000n]);
  });

  it('takes only the receipt of the payee it paid, for the amount it paid', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payer: other } = await world.payer('zara');
    const { payee } = await world.payee();
    const { payee: rival } = await world.payee('chaudhry');
    const { payment, accepted } = await exchange(payer, payee, 500n);
    const unknown = { ok: false, code: 'wallet/payment_unknown' };
    expect(await other.acceptReceipt(accepted.receiptText)).toMatchObject(unknown);
    expect(await payer.acceptReceipt(payment.text)).toMatchObject({ code: 'malformed' });
    const forged = accepted.receipt.slice();
    forged[forged.length - 9] = (forged[forged.length - 9] ?? 0) ^ 4;
    expect(await payer.acceptReceipt(forged)).toMatchObject({ code: 'payee_signature_invalid' });
    const lie = await world.receiptBy(rival, payment.paymentId, 500n);
    const mismatch = { ok: false, code: 'wallet/receipt_mismatch' };
    expect(await payer.acceptReceipt(lie)).toMatchObject(mismatch);
    const less = await world.receiptBy(payee, payment.paymentId, 499n);
    expect(await payer.acceptReceipt(less)).toMatchObject(mismatch);
    expectOk(await payer.acceptReceipt(accepted.receiptText));
    expectOk(await payer.acceptReceipt(accepted.receiptText));
    expect(expectOk(await payer.state()).payments[0]).toMatchObject({ hasReceipt: true });
  });

  it('does not hand in what the payee did not take, unless a receipt comes', async () => {
    const world = await createWorld();
    const { phone, payer } = await world.payer();
    const { payee } = await world.payee();
    const request = expectOk(await payee.createRequest({ amountMinor: 50n }));
    const { paymentId, text } = expectOk(await payer.pay(request.text));
    expect(await payer.withhold('00')).toMatchObject({ code: 'wallet/payment_unknown' });
    expectOk(await payer.withhold(paymentId));
    expectOk(await payer.withhold(paymentId));
    expect(expectOk(await (await openPayerOn(phone)).sync())).toMatchObject({ pending: 0 });
    expect(world.bank.ledger.settledInAll()).toHaveLength(0);
    expect(expectOk(await payer.state())).toMatchObject({ leftMinor: 499_950n });
    const { receiptText } = expectOk(await payee.accept(text));
    expectOk(await payer.acceptReceipt(receiptText));
    expect(await payer.withhold(paymentId)).toMatchObject({
      ok: false,
      code: 'wallet/payment_received',
    });
    expect(expectOk(await payer.sync())).toMatchObject({ decided: 1 });
    expect(world.bank.ledger.settledInAll()).toHaveLength(1);
  });

  it('returns an allowance and signs no more under it', async () => {
    const world = await createWorld();
    const { phone, payer } = await world.payer('ayesha', 1_000n);
    const { payee } = await world.payee();
    await exchange(payer, payee, 300n);
    const { allowances } = expectOk(await payer.state());
    const id = allowances[0]?.allowanceId ?? '';
    expect(await payer.signReturn('ab'.repeat(32))).toMatchObject({
      ok: false,
      code: 'wallet/allowance_unknown',
    });
    const signed = expectOk(await payer.signReturn(id));
    expect(signed.unspentMinor).toBe(700n);
    const again = expectOk(await (await openPayerOn(phone)).signReturn(id));
    expect(hex(again.packet)).toBe(hex(signed.packet));
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    expect(await payer.pay(request.text)).toMatchObject({ code: 'wallet/no_allowance' });
    expect(expectOk(await payer.state()).pending).toBe(2);
    expect(expectOk(await payer.sync())).toMatchObject({ decided: 2, pending: 0 });
    expect(expectOk(await payer.sync())).toMatchObject({ decided: 0 });
    expect(world.bank.ledger.returns).toHaveLength(1);
  });

  it('does nothing before it is enrolled, and nothing that its role has not', async () => {
    const world = await createWorld();
    const payer = await openPayerOn(await world.phone('ayesha'));
    const { payee } = await world.payee();
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    const missing = { ok: false, code: 'wallet/not_enrolled' };
    expect(await payer.pay(request.text)).toMatchObject(missing);
    expect(await payer.requestAllowance(5n)).toMatchObject(missing);
    expect(await payer.sync()).toMatchObject(missing);
    expectOk(await payer.enrol({ role: 'payee' }));
    expect(await payer.requestAllowance(5n)).toMatchObject({ code: 'wallet/role_missing' });
    expect(await payer.enrol({ role: 'payer' })).toMatchObject({
      code: 'wallet/already_enrolled',
    });
    expect(await payer.show('00')).toMatchObject({ ok: false, code: 'wallet/payment_unknown' });
    expect(await payer.requestAllowance(0n)).toMatchObject({ code: 'amount_zero' });
  });

  it('tells a refusal by the bank from a bank out of reach', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    expect(await payer.requestAllowance(99_000_000n)).toMatchObject({
      ok: false,
      code: 'wallet/bank_refused',
      problem: { code: 'allowance/over_limit' },
    });
    // What was refused is forgotten: the next request is another one.
    expectOk(await payer.requestAllowance(700n));
  });
});
