import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../src/adapters/memory.ts';
import type { WalletParts } from '../src/core/wallet.ts';
import { createFuse, Died, dyingKeystore, dyingPlace, dyingStore } from './support/fuse.ts';
import type { Fuse } from './support/fuse.ts';
import { clientOf, createPlace, createWorld, exchange, expectOk } from './support/world.ts';
import { openPayeeOn, openPayerOn } from './support/world.ts';
import type { Phone } from './support/world.ts';

/** The phone whose process dies at the fuse's step: disk, keys and network. */
function dyingParts(phone: Phone, fuse: Fuse, fetchBank: typeof fetch): Partial<WalletParts> {
  const dyingFetch: typeof fetch = async (input, init) => {
    fuse.burn();
    const response = await fetchBank(input, init);
    fuse.burn();
    return response;
  };
  return {
    store: dyingStore(openMemoryStore(phone.disk), fuse),
    keystore: dyingKeystore(phone.keystore, fuse),
    client: clientOf({ fetch: dyingFetch }, phone.account),
  };
}

/** Runs the story for every step at which a process can die; answers how many there were. */
async function atEveryStep(story: (fuse: Fuse) => Promise<void>): Promise<number> {
  for (let step = 1; ; step++) {
    const fuse = createFuse(step);
    await story(fuse);
    if (fuse.steps < step) return step - 1;
    expect(step).toBeLessThan(100);
  }
}

async function untilItDies(verb: () => Promise<unknown>): Promise<unknown> {
  try {
    return await verb();
  } catch (error) {
    if (error instanceof Died) return undefined;
    throw error;
  }
}

describe('a process that dies at any step loses nothing and does nothing twice', () => {
  it('while paying: one sequence, one payment, shown byte for byte', async () => {
    const steps = await atEveryStep(async (fuse) => {
      const world = await createWorld();
      const { phone } = await world.payer();
      const { payee } = await world.payee();
      const request = expectOk(await payee.createRequest({ amountMinor: 700n }));
      const witnesses = [createPlace(), createPlace()];
      const parts = {
        ...dyingParts(phone, fuse, world.bank.fetch),
        witnesses: witnesses.map((place) => dyingPlace(place, fuse)),
      };
      await untilItDies(async () => (await openPayerOn(phone, parts)).pay(request.text));

      const payer = await openPayerOn(phone, { witnesses });
      const again = await payer.pay(request.text);
      const shown = again.ok ? again : again.payment;
      if (!again.ok) expect(again.code).toBe('request_already_paid');
      if (shown === undefined) expect.fail('no payment to show');
      expect(expectOk(await payer.show(shown.paymentId)).text).toBe(shown.text);
      expect(await payer.pay(request.text)).toMatchObject({ payment: { text: shown.text } });
      expect(expectOk(await payee.accept(shown.text)).verdict).toBe('accepted');
      expect(expectOk(await payer.state())).toMatchObject({ leftMinor: 499_300n });
      expectOk(await payer.sync());
      expectOk(await payee.sync());
      expect([...world.bank.ledger.paid.values()]).toEqual([700n]);
      expect(expectOk(await payer.state()).stopped).toBe(false);
    });
    expect(steps).toBe(10);
  });

  it('while accepting: the payment is there once, one receipt, and no key is left', async () => {
    const steps = await atEveryStep(async (fuse) => {
      const world = await createWorld();
      const { payer } = await world.payer();
      const { phone, payee: first } = await world.payee();
      const request = expectOk(await first.createRequest({ amountMinor: 900n }));
      const { text } = expectOk(await payer.pay(request.text));
      const parts = dyingParts(phone, fuse, world.bank.fetch);
      await untilItDies(async () => (await openPayeeOn(phone, parts)).accept(text));

      const payee = await openPayeeOn(phone);
      const accepted = expectOk(await payee.accept(text));
      const repeated = expectOk(await payee.accept(text));
      expect(repeated).toMatchObject({ verdict: 'duplicate', receiptText: accepted.receiptText });
      expect(await phone.keystore.agreementKeys()).toEqual([]);
      expect(expectOk(await payer.acceptReceipt(accepted.receiptText)).ok).toBe(true);
      expect(expectOk(await payee.state()).payments).toHaveLength(1);
      expectOk(await payee.sync());
      expect([...world.bank.ledger.paid.values()]).toEqual([900n]);
    });
    expect(steps).toBe(4);
  });

  it('while making a request: no key is left that nothing needs', async () => {
    const steps = await atEveryStep(async (fuse) => {
      const world = await createWorld();
      const { phone } = await world.payee();
      const parts = dyingParts(phone, fuse, world.bank.fetch);
      await untilItDies(async () =>
        (await openPayeeOn(phone, parts)).createRequest({ amountMinor: 5n }),
      );
      const payee = await openPayeeOn(phone);
      const { openRequests } = expectOk(await payee.state());
      expect(await phone.keystore.agreementKeys()).toHaveLength(openRequests);
    });
    expect(steps).toBe(4);
  });

  it('while syncing: everything is handed in exactly once', async () => {
    const steps = await atEveryStep(async (fuse) => {
      const world = await createWorld();
      const { phone, payer: first } = await world.payer();
      const { payee } = await world.payee();
      await world.bank.issueBulletin();
      await exchange(first, payee, 100n);
      await exchange(first, payee, 200n);
      const parts = dyingParts(phone, fuse, world.bank.fetch);
      await untilItDies(async () => (await openPayerOn(phone, parts)).sync());

      const payer = await openPayerOn(phone);
      expect(expectOk(await payer.sync())).toMatchObject({ pending: 0, rolledBack: false });
      expect(expectOk(await payer.sync())).toMatchObject({ decided: 0 });
      expect([...world.bank.ledger.paid.values()]).toEqual([300n]);
      const { payments, bulletinVersion } = expectOk(await payer.state());
      expect(payments.map(({ state }) => state)).toEqual(['settled', 'settled']);
      expect(bulletinVersion).toBe(1);
      expect(await payer.pay('SK1:')).toMatchObject({ ok: false });
    });
    expect(steps).toBe(10);
  });

  it('while enrolling and asking for an allowance: one device, one allowance', async () => {
    const steps = await atEveryStep(async (fuse) => {
      const world = await createWorld();
      const phone = await world.phone('ayesha');
      const parts = dyingParts(phone, fuse, world.bank.fetch);
      await untilItDies(async () => {
        const payer = await openPayerOn(phone, parts);
        await payer.enrol({ role: 'both' });
        await payer.requestAllowance(1_000n);
      });
      const payer = await openPayerOn(phone);
      const enrolled = await payer.enrol({ role: 'both' });
      if (!enrolled.ok) expect(enrolled.code).toBe('wallet/already_enrolled');
      const { allowances } = expectOk(await payer.state());
      if (allowances.length === 0) expectOk(await payer.requestAllowance(1_000n));
      expect(expectOk(await payer.state()).leftMinor).toBe(1_000n);
      expect(world.bank.ledger.rows('ayesha')).toHaveLength(1);
    });
    expect(steps).toBe(22);
  });
});

describe('a reply that is lost', () => {
  it('at any call of any verb changes nothing but that it is asked again', async () => {
    for (let lost = 1; ; lost++) {
      const world = await createWorld();
      await world.bank.issueBulletin();
      let calls = 0;
      // Delivered, and the answer never arrives: the client reports it as unreachable.
      const losing: typeof fetch = async (input, init) => {
        const response = await world.bank.fetch(input, init);
        calls += 1;
        if (calls === lost) throw new TypeError('the connection broke');
        return response;
      };
      const phone = await world.phone('ayesha');
      const { payee } = await world.payee();
      const payer = await openPayerOn(phone, { client: clientOf({ fetch: losing }, 'ayesha') });
      const twice = async (verb: () => Promise<{ ok: boolean; code?: string }>) => {
        const answer = await verb();
        if (answer.ok) return;
        expect(answer.code).toBe('wallet/bank_unreachable');
        expectOk(await verb());
      };
      await twice(() => payer.enrol({ role: 'payer' }));
      await twice(() => payer.requestAllowance(1_000n));
      await exchange(payer, payee, 10n);
      await twice(() => payer.sync());
      await exchange(payer, payee, 20n);
      await twice(() => payer.sync());
      expect([...world.bank.ledger.paid.values()]).toEqual([30n]);
      expect(world.bank.ledger.rows('ayesha')).toHaveLength(1);
      expect(expectOk(await payer.state())).toMatchObject({ leftMinor: 970n, pending: 0 });
      if (calls < lost) break;
    }
  });
});
