import { describe, expect, it } from 'vitest';
import { advance } from '../src/exchange/exchange.ts';
import { createWorld, exchange, expectOk } from './support/world.ts';

describe('two people without a network', () => {
  it('pay, accept, keep the receipt, and settle from either side exactly once', async () => {
    const { bank, payer: newPayer, payee: newPayee } = await createWorld();
    const { payer } = await newPayer();
    const { payee } = await newPayee();
    const { payment, accepted } = await exchange(payer, payee, 25_000n);
    expect(accepted).toMatchObject({ verdict: 'accepted', code: 'acceptable' });
    expect(accepted.twoWords).toEqual(payment.twoWords);
    expect(expectOk(await payer.acceptReceipt(accepted.receiptText))).toMatchObject({
      paymentId: payment.paymentId,
    });
    expect(expectOk(await payer.state()).payments[0]).toMatchObject({
      state: 'received',
      hasReceipt: true,
    });
    expect(expectOk(await payee.sync())).toMatchObject({ decided: 1, pending: 0 });
    expect(expectOk(await payer.sync())).toMatchObject({ decided: 1, rolledBack: false });
    expect([...bank.ledger.paid.values()]).toEqual([25_000n]);
    expect(expectOk(await payer.state()).payments[0]).toMatchObject({ state: 'settled' });
    expect(expectOk(await payee.state()).payments[0]).toMatchObject({ state: 'settled' });
    expect(expectOk(await payer.state())).toMatchObject({ leftMinor: 475_000n, pending: 0 });
  });
});

describe('the state of a payment', () => {
  it('goes forward only, and the bank’s answer is its end', () => {
    const events = ['receipt', 'pending', 'settled', 'rejected'] as const;
    const table = (['given', 'received', 'sent', 'settled', 'rejected'] as const).map(
      (state) => [state, events.map((event) => advance(state, event))] as const,
    );
    expect(table).toEqual([
      ['given', ['received', 'sent', 'settled', 'rejected']],
      ['received', ['received', 'sent', 'settled', 'rejected']],
      ['sent', ['sent', 'sent', 'settled', 'rejected']],
      ['settled', ['settled', 'settled', 'settled', 'settled']],
      ['rejected', ['rejected', 'rejected', 'rejected', 'rejected']],
    ]);
  });
});
