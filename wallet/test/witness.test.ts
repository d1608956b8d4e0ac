import { describe, expect, it } from 'vitest';
import { createMemoryDisk, openMemoryStore } from '../src/adapters/memory.ts';
import type { MemoryDisk } from '../src/adapters/memory.ts';
import { WalletError } from '../src/errors.ts';
import { createPlace, createWorld, exchange, expectOk, openPayerOn } from './support/world.ts';
import type { Phone } from './support/world.ts';

const STOPPED = { ok: false, code: 'wallet/spending_stopped' };

/** Ayesha's phone with an allowance of Rs 5,000 and two places for witnesses; Bilal's till. */
async function begin() {
  const world = await createWorld();
  const { phone } = await world.payer();
  const { payee } = await world.payee();
  const witnesses = [createPlace(), createPlace()] as const;
  const payer = await openPayerOn(phone, { witnesses });
  return { world, phone, payee, witnesses, payer };
}

function copyOf({ records, uniqueKeys, apart }: MemoryDisk): MemoryDisk {
  return { ...createMemoryDisk(), records: [...records], uniqueKeys: new Set(uniqueKeys), apart };
}

/** The same phone, its journal alone put back. */
const withDisk = (phone: Phone, disk: MemoryDisk): Phone => ({ ...phone, disk });

describe('a journal put back from an old copy, told without a network', () => {
  it.each([
    { survive: 'both', lost: [] },
    { survive: 'the first', lost: [1] },
    { survive: 'the second', lost: [0] },
  ])('spends no more where $survive of two witnesses survived', async ({ lost }) => {
    const { world, phone, payer, payee, witnesses } = await begin();
    const old = copyOf(phone.disk);
    const before = witnesses.map(({ value }) => value);
    await exchange(payer, payee, 500n);
    for (const at of lost) witnesses[at]!.value = before[at];
    world.bank.fetch = () => Promise.reject(new TypeError('no network'));
    const again = await openPayerOn(withDisk(phone, old), { witnesses });
    const { stopped, leftMinor, allowances } = expectOk(await again.state());
    expect({ stopped, leftMinor }).toEqual({ stopped: true, leftMinor: 0n });
    const request = expectOk(await payee.createRequest({ amountMinor: 700n }));
    expect(await again.pay(request.text)).toMatchObject(STOPPED);
    expect(await again.signReturn(allowances[0]?.allowanceId ?? '')).toMatchObject(STOPPED);
    expect(await again.requestAllowance(5n)).toMatchObject(STOPPED);
    // For good: the witnesses may go, and what they knew is not forgotten for a second copy.
    const second = await openPayerOn(withDisk(phone, copyOf(old)));
    expect(await second.pay(request.text)).toMatchObject(STOPPED);
    expect(expectOk(await payer.state()).stopped).toBe(false);
    expectOk(await payer.pay(request.text));
  });

  it('is told before the next payment where it was open all the time', async () => {
    const { phone, payer, payee, witnesses } = await begin();
    const copy = await openPayerOn(withDisk(phone, copyOf(phone.disk)), { witnesses });
    await exchange(payer, payee, 500n);
    const request = expectOk(await payee.createRequest({ amountMinor: 700n }));
    expect(await copy.pay(request.text)).toMatchObject(STOPPED);
  });

  it('knows of what was given back, and of what the bank stopped', async () => {
    const given = await begin();
    const beforeReturn = copyOf(given.phone.disk);
    const { allowances } = expectOk(await given.payer.state());
    expectOk(await given.payer.signReturn(allowances[0]?.allowanceId ?? ''));
    const { witnesses } = given;
    const unsigned = await openPayerOn(withDisk(given.phone, beforeReturn), { witnesses });
    expect(expectOk(await unsigned.state()).stopped).toBe(true);

    const cut = await begin();
    const [before, kept] = [copyOf(cut.phone.disk), cut.witnesses.map(({ value }) => value)];
    await exchange(cut.payer, cut.payee, 500n);
    expectOk(await cut.payer.sync());
    // All of it put back at once: the bank tells, and a copy of that copy is told here.
    cut.witnesses.forEach((place, at) => void (place.value = kept[at]));
    const older = await openPayerOn(withDisk(cut.phone, copyOf(before)), cut);
    expect(expectOk(await older.sync()).rolledBack).toBe(true);
    const oldest = await openPayerOn(withDisk(cut.phone, before), cut);
    expect(expectOk(await oldest.state()).stopped).toBe(true);
  });

  it('of an installation that began anew since is not spent either', async () => {
    const { phone, payer, payee, witnesses } = await begin();
    const old = copyOf(phone.disk);
    const { stopped } = expectOk(await payer.state());
    const fresh = await openPayerOn(withDisk(phone, createMemoryDisk()), { witnesses });
    expect({ stopped, fresh: expectOk(await fresh.state()).stopped }).toMatchObject({
      ...{ stopped: false, fresh: false },
    });
    const again = await openPayerOn(withDisk(phone, old), { witnesses });
    const request = expectOk(await payee.createRequest({ amountMinor: 700n }));
    expect(await again.pay(request.text)).toMatchObject(STOPPED);
  });
});

describe('a witness', () => {
  it.each([
    ['gone', () => undefined],
    ['of a day ago', (old: Uint8Array | undefined) => old],
    ['not what this wallet sealed', () => new Uint8Array(60)],
  ])('that is %s is written anew: the journal has the last word', async (_, change) => {
    const { phone, payer, payee, witnesses } = await begin();
    const [{ value: dayAgo }] = witnesses;
    await exchange(payer, payee, 500n);
    const old = copyOf(phone.disk);
    await exchange(payer, payee, 600n);
    for (const place of witnesses) place.value = change(dayAgo);
    const again = await openPayerOn(phone, { witnesses });
    await exchange(again, payee, 700n);
    const mended = await openPayerOn(withDisk(phone, old), { witnesses });
    expect(expectOk(await mended.state()).stopped).toBe(true);
  });

  it('is written before a payment is shown, and the payment is shown once it can be', async () => {
    const { phone, payee } = await begin();
    const place = createPlace();
    let isFull = false;
    const write = async (value: Uint8Array) => {
      if (isFull) throw new WalletError('wallet/store_failed', 'no space');
      await place.write(value);
    };
    const store = { ...openMemoryStore(phone.disk), witness: { ...place, write } };
    const payer = await openPayerOn(phone, { store });
    isFull = true;
    const request = expectOk(await payee.createRequest({ amountMinor: 700n }));
    const failed = { ok: false, code: 'wallet/store_failed' };
    expect(await payer.pay(request.text)).toMatchObject(failed);
    const [made] = expectOk(await payer.state()).payments;
    expect(await payer.show(made?.paymentId ?? '')).toMatchObject(failed);
    expect(await payer.pay(request.text)).toMatchObject(failed);
    // Nothing more is signed while that one is untold, as a printed code would have it each time.
    const other = expectOk(await payee.createRequest({ amountMinor: 800n }));
    expect(await payer.pay(other.text)).toMatchObject(failed);
    expect(expectOk(await payer.state()).payments).toHaveLength(1);
    // A full phone opens all the same, and hands in what it has.
    const again = await openPayerOn(phone, { store });
    expect(expectOk(await again.sync()).rolledBack).toBe(false);
    expect(await again.pay(other.text)).toMatchObject(failed);
    isFull = false;
    const { text } = expectOk(await payer.show(made?.paymentId ?? ''));
    expect(expectOk(await payee.accept(text)).verdict).toBe('accepted');
    expect(await payer.pay(request.text)).toMatchObject({ code: 'request_already_paid' });
  });
});
