import { describe, expect, it } from 'vitest';
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
