import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { hex, walletNumberWithCheckDigit } from '@sikka/protocol';
import { decideCases } from './cases.ts';
import {
  bytesOf,
  enrol,
  giveBack,
  ok,
  openPurse,
  pay,
  printedCode,
  refund,
  signPayment,
} from './phone.ts';
import type { Paid, Phone, Purse } from './phone.ts';
import { startTown } from './town.ts';
import type { Handed, RunningTown } from './town.ts';
import { holdKey, payByKey } from './wallet-keys.ts';

const DAY = 86_400;
const NOBODYS_WALLET = walletNumberWithCheckDigit(10_000_000_000);

/** A month of a small bank, with everything in it that an auditor has to understand. */
export interface BusyMonth {
  readonly town: RunningTown;
  /** What became of everything handed in, by its code or result. */
  readonly said: ReadonlyMap<string, number>;
  /** Checkpoints fetched in the middle of it and at its end, and kept outside. */
  readonly kept: Uint8Array;
  readonly last: Uint8Array;
  /** The settlement receipt of its first payment, as a payee has it. */
  readonly receipt: Uint8Array;
}

interface People {
  readonly payer: Phone;
  readonly other: Phone;
  readonly cheat: Phone;
  readonly till: Phone;
  readonly shop: number;
  readonly cheatShop: number;
  readonly printed: Uint8Array;
}

/** Runs the month on a bank of its own and leaves it running, at rest. */
export async function busyMonth(): Promise<BusyMonth> {
  const town = await startTown({ shift: -40 * DAY });
  const said = new Map<string, number>();
  const hand = async (phone: Phone, packets: readonly Uint8Array[]) => {
    const outcomes: readonly Handed[] = await town.hand(phone.client, packets);
    for (const { result, code } of outcomes) {
      const word = code === undefined || code === 'acceptable' ? result : code;
      said.set(word, (said.get(word) ?? 0) + 1);
    }
    return outcomes;
  };
  const people = await enrolPeople(town);
  const late = await lastMonth(people);
  town.shift = 0;
  const first = await honestWeek(people, hand);
  await town.settleDown();
  const kept = await town.checkpoint();
  await refunds(people, first, hand);
  await secondWeek(people, hand);
  await olderClients(town, people, hand);
  await rubbish(people, { first, late }, hand);
  await cheating(town, people, hand);
  const again = await reopen(town);
  const last = await again.checkpoint();
  return { town: again, said, kept, last, receipt: await receiptOf(again, first[0]!) };
}

/** Starts the bank again: its worker looks at once for allowances that are over. */
async function reopen(town: RunningTown): Promise<RunningTown> {
  await town.settleDown();
  await town.stop();
  const again = await startTown({ home: town.home });
  const ayesha = again.client('ayesha');
  for (let tries = 0; tries < 900; tries += 1) {
    const { allowances } = ok(await ayesha.listAllowances());
    const closed = allowances.filter(({ status }) => status === 'closed');
    if (closed.length === 2) {
      await again.settleDown();
      return again;
    }
    await pause(50);
  }
  throw new Error('Nothing was closed.');
}

async function receiptOf(town: RunningTown, { id }: Paid): Promise<Uint8Array> {
  const params = { payment_id: hex(id) };
  return bytesOf(ok(await town.client('bilal').getPaymentReceipt({ params })).packet);
}

type Hand = (phone: Phone, packets: readonly Uint8Array[]) => Promise<readonly Handed[]>;

async function enrolPeople(town: RunningTown): Promise<People> {
  const ayesha = town.client('ayesha');
  const bilal = town.client('bilal');
  const chaudhry = town.client('chaudhry');
  await town.load(ayesha, '20000.00');
  await town.load(chaudhry, '800.00');
  const till = await enrol(bilal, 'bilal', 'payee');
  return {
    payer: await enrol(ayesha, 'ayesha', 'payer'),
    other: await enrol(ayesha, 'ayesha', 'both'),
    cheat: await enrol(chaudhry, 'chaudhry', 'both'),
    till,
    shop: (await town.wallets(bilal)).current,
    cheatShop: (await town.wallets(chaudhry)).current,
    printed: await printedCode(till),
  };
}

/** Allowances whose claim window is long over: one untouched, one with a payment too late. */
async function lastMonth({ payer, other, shop }: People): Promise<Paid> {
  await openPurse(payer, 50_000n);
  const purse = await openPurse(other, 60_000n);
  return pay(purse, { amountMinor: 1_000n, wallet: shop });
}

async function payMany(purse: Purse, count: number, spend: { wallet: number }): Promise<Paid[]> {
  const paid: Paid[] = [];
  for (let n = 0; n < count; n += 1) {
    paid.push(await pay(purse, { ...spend, amountMinor: BigInt(100 + n) }));
  }
  return paid;
}

/** A hundred payments to the very last sequence, in three uploads, from both sides. */
async function honestWeek({ payer, till, shop }: People, hand: Hand): Promise<readonly Paid[]> {
  const purse = await openPurse(payer, 40_000n);
  const paid = await payMany(purse, 100, { wallet: shop });
  const packets = paid.map(({ packet }) => packet);
  await hand(till, packets.slice(0, 60).reverse());
  await hand(payer, packets.slice(40, 80));
  await hand(till, [...packets.slice(80), ...packets.slice(0, 5), packets[99]!]);
  return paid;
}

async function refunds({ till }: People, paid: readonly Paid[], hand: Hand): Promise<void> {
  const [one, two] = paid;
  if (one === undefined || two === undefined) throw new Error('Nothing to refund.');
  const half = await refund(till, {
    payment: one,
    number: 1,
    amountMinor: 40n,
    cumulativeMinor: 40n,
  });
  const rest = await refund(till, {
    payment: one,
    number: 2,
    amountMinor: 60n,
    cumulativeMinor: 100n,
    previous: half.id,
  });
  const whole = { payment: two, number: 1, amountMinor: 101n, cumulativeMinor: 101n };
  await hand(till, [half.packet, rest.packet, (await refund(till, whole)).packet]);
  const tooMuch = { payment: paid[2]!, number: 1, amountMinor: 900n, cumulativeMinor: 900n };
  const skipped = { payment: paid[3]!, number: 2, amountMinor: 5n, cumulativeMinor: 5n };
  const again = { payment: one, number: 1, amountMinor: 41n, cumulativeMinor: 41n };
  const unknown = { id: new Uint8Array(randomBytes(32)), amountMinor: 5n };
  const nothing = { payment: { ...one, ...unknown }, number: 1, cumulativeMinor: 5n };
  const wrong = [tooMuch, skipped, again, { ...nothing, amountMinor: 5n }];
  const packets = await Promise.all(wrong.map(async (each) => (await refund(till, each)).packet));
  await hand(till, [...packets, half.packet]);
}

/** Gaps, printed codes, one request paid by two phones, a Return, a second device. */
async function secondWeek(
  { payer, other, till, shop, printed }: People,
  hand: Hand,
): Promise<void> {
  const purse = await openPurse(payer, 90_000n);
  const paid = await payMany(purse, 70, { wallet: shop });
  // Every seventh was never handed in: a till that lost its phone.
  const shown = paid.filter((_, index) => index % 7 !== 3);
  for (let start = 0; start < shown.length; start += 9) {
    await hand(
      till,
      shown.slice(start, start + 9).map(({ packet }) => packet),
    );
  }
  const second = await openPurse(other, 90_000n);
  const codes: Paid[] = [];
  for (let n = 0; n < 99; n += 1) {
    const spend = { amountMinor: 50n, wallet: shop, mode: 'static', bind: printed } as const;
    codes.push(await pay(second, spend));
  }
  const twice = paid[11]!;
  const extra = await pay(second, { amountMinor: 110n, wallet: shop, bind: twice.bind });
  await Promise.all([
    hand(
      till,
      codes.slice(0, 30).map(({ packet }) => packet),
    ),
    hand(
      other,
      codes.slice(20).map(({ packet }) => packet),
    ),
    hand(other, [extra.packet]),
  ]);
  await hand(other, [await giveBack(second)]);
}

/**
 * Payments by wallet keys, in batches with others and alone, and what is refused of them: a nonce
 * used twice, another payee named, more than there is, another currency, a key that nobody knows.
 */
async function olderClients(
  town: RunningTown,
  { payer, till, cheat, shop }: People,
  hand: Hand,
): Promise<void> {
  const [own, shops] = [await town.wallets(payer.client), await town.wallets(till.client)];
  const key = await holdKey(payer.client, own.offline);
  const shopKey = await holdKey(till.client, shops.offline);
  const purse = await openPurse(payer, 5_000n);
  const native = await payMany(purse, 2, { wallet: shop });
  const paid = await Promise.all([1, 2, 3, 4].map(() => payByKey(key, shopKey)));
  const [one, two, three, four] = paid.map(({ item }) => item);
  await hand(till, [one!, native[0]!.packet, two!, native[1]!.packet]);
  const elements = [paid[2]!.element, paid[3]!.element, paid[0]!.element];
  const synced = ok(await payer.client.syncOffline({ body: { transactions: elements } }));
  if (synced.total_synced !== 3) throw new Error(synced.message);
  await hand(till, [three!, four!, one!]);
  const cheats = await town.wallets(cheat.client);
  const wrong = await Promise.all([
    payByKey(key, shopKey, { amount: '2.00', nonce: paid[0]!.nonce }),
    payByKey(key, shopKey, { more: { payee_id: 'chaudhry' } }),
    payByKey(key, shopKey, { amount: '900000.00' }),
    payByKey(key, shopKey, { currency: 'USD' }),
    payByKey({ ...key, offline: cheats.offline }, shopKey),
  ]);
  await hand(
    till,
    wrong.map(({ item }) => item),
  );
}

/** What nobody has to pay: forged, mangled, misdirected, too much, too late. */
async function rubbish(
  { payer, other, cheat, till, shop }: People,
  { first, late }: { readonly first: readonly Paid[]; readonly late: Paid },
  hand: Hand,
): Promise<void> {
  const purse = await openPurse(payer, 10_000n);
  const forged = await signPayment({ ...purse, phone: cheat }, { amountMinor: 5n, wallet: shop });
  const astray = await pay(purse, { amountMinor: 5n, wallet: NOBODYS_WALLET });
  const good = await pay(purse, { amountMinor: 6n, wallet: shop });
  const huge = await pay(purse, { amountMinor: 20_000n, wallet: shop });
  const nothing = await pay(await openPurse(other, 500n), { amountMinor: 0n, wallet: shop });
  const mangled = Uint8Array.from(first[0]!.packet);
  mangled[20] = (mangled[20] ?? 0) ^ 1;
  await hand(till, [
    new Uint8Array(randomBytes(40)),
    forged.packet,
    astray.packet,
    good.packet,
    mangled,
    huge.packet,
    nothing.packet,
    late.packet,
    first[0]!.packet.subarray(0, 100),
  ]);
  await hand(till, [astray.packet, good.packet]);
}

/** One key signs twice: the same sequence, totals that lie, and more after a Return. */
async function cheating(
  town: RunningTown,
  { cheat, till, shop, cheatShop }: People,
  hand: Hand,
): Promise<void> {
  const forked = await openPurse(cheat, 10_000n);
  const contradicted = await openPurse(cheat, 10_000n);
  const returned = await openPurse(cheat, 10_000n);
  const one = await signPayment(forked, { amountMinor: 500n, wallet: shop });
  const same = await signPayment(forked, { amountMinor: 500n, wallet: cheatShop });
  const third = await signPayment(forked, { amountMinor: 600n, wallet: cheatShop });
  await hand(till, [one.packet]);
  await hand(cheat, [same.packet]);
  await hand(cheat, [same.packet, third.packet, one.packet]);
  const robbed = await signPayment(forked, { amountMinor: 250n, wallet: shop });
  await hand(till, [robbed.packet]);
  await decideCases(town);
  await pay(contradicted, { amountMinor: 700n, wallet: shop });
  const high = await pay(contradicted, { amountMinor: 300n, wallet: shop });
  const rolledBack: Purse = { ...contradicted, spentMinor: 0n, head: contradicted.id };
  const low = await signPayment(rolledBack, { amountMinor: 200n, wallet: cheatShop });
  await hand(till, [high.packet]);
  await hand(cheat, [low.packet, await giveBack(contradicted, { totalMinor: 100n })]);
  const before = await giveBack(returned);
  await hand(cheat, [before, await giveBack(returned, { totalMinor: 50n })]);
  const after = await pay(returned, { amountMinor: 400n, wallet: shop });
  await hand(till, [after.packet]);
}
