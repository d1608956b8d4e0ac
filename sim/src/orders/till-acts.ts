import type { Act } from '../acts/act.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { handedSales, handItemsIn, pushBundle } from './hand-in.ts';
import { pickPartyWallet, saleOf } from './ledger-acts.ts';
import { orderKey } from './records.ts';
import { itemsOf, makeBundle } from './sales.ts';
import type { Bundle, OrderTown, Sale, Till } from './town.ts';
import { townOf } from './town.ts';

/** A till sells for a while, offline. */
export const sellAtTill: Act = async (world, random) => {
  const town = await townOf(world);
  if (town === undefined) return 'no orders here';
  const till = random.pick(town.tills);
  const sales = Array.from({ length: random.between(1, 4) }, () => {
    return drawSale(world, random, { town, till });
  });
  till.pending = [...till.pending, ...sales];
  return sales.map(({ localId, type, amountMinor }) => `${localId} ${type} ${amountMinor}`).join();
};

export function drawSale(
  world: World,
  random: Random,
  { town, till }: { readonly town: OrderTown; readonly till: Till },
): Sale {
  const kind = random.weighted({ cashin: 60, tenant: 15, unsigned: 5, signed: 12, native: 12 });
  const amountMinor = BigInt(random.between(1, random.chance(0.05) ? 400_000 : 9_000));
  const people = town.people.map(({ wallet }) => wallet);
  const wallet = random.chance(0.5) ? random.pick(people) : pickPartyWallet(world, random);
  const receiver = random.chance(0.05) ? 'nobody' : String(wallet);
  const plain = { amountMinor, receiver, sender: 'counter', payment: undefined };
  if (kind === 'tenant') {
    return saleOf(world, till, { ...plain, type: 'p2p', sender: till.tenant });
  }
  if (kind === 'unsigned') {
    const type = random.pick(['cashout', 'p2p'] as const);
    return saleOf(world, till, { ...plain, type, sender: 'somebody' });
  }
  const paid = kind === 'signed' ? signedEntry(world, random, town) : nativePayment(world, random);
  if (kind === 'cashin' || paid === undefined) {
    return saleOf(world, till, { ...plain, type: 'cashin' });
  }
  return saleOf(world, till, { ...paid, type: 'merchant', sender: 'customer' });
}

type Paid = Pick<Sale, 'amountMinor' | 'payment' | 'receiver'>;

function signedEntry(world: World, random: Random, town: OrderTown): Paid | undefined {
  const entries = town.entries.filter(({ genuine }) => genuine);
  if (entries.length === 0) return undefined;
  const entry = random.pick(entries);
  const signed = world.recorder.orders.truth.signed.get(orderKey(entry));
  if (signed?.amountMinor === undefined) return undefined;
  return {
    amountMinor: signed.amountMinor,
    receiver: String(signed.payeeWallet),
    payment: entry.item,
  };
}

/** Under an allowance, as its payee handed it in or will. */
function nativePayment({ recorder }: World, random: Random): Paid | undefined {
  // Of nothing no till says that it saw it.
  const payments = [...recorder.truth.signed.values()].filter((each) => each.amountMinor > 0n);
  if (payments.length === 0) return undefined;
  const { amountMinor, payeeWallet, packet: payment } = random.pick(payments);
  return { amountMinor, receiver: String(payeeWallet), payment };
}

/** A till pushes what it has, and some that it pushed before: a reply may have been lost. */
export const pushFromTill: Act = async (world, random) => {
  const town = await townOf(world);
  if (town === undefined) return 'no orders here';
  const till = random.pick(town.tills);
  const again = till.pushed.filter(() => random.chance(0.15));
  const sales = [...till.pending, ...again];
  if (sales.length === 0) return `${till.deviceId} sold nothing`;
  const bundle = await makeBundle(world, random, { town, making: { till, sales } });
  // Before it is pushed somebody else may hand in what it holds.
  const early = random.chance(0.15) ? await handNatively(world, random, { till, bundle }) : '';
  const { line, isTaken } = await pushBundle(world, town, { till, bundle, flaw: undefined });
  if (isTaken) notePushed(till, bundle);
  if (random.chance(0.2)) {
    await pushBundle(world, town, { till, bundle, flaw: undefined });
    world.counters.count('bundle.replayed');
  }
  const late = random.chance(0.2) ? await handNatively(world, random, { till, bundle }) : '';
  return [till.deviceId, early, line, late].filter((text) => text !== '').join(' | ');
};

export function notePushed(till: Till, bundle: Bundle): void {
  const names = new Set(bundle.sales.map(({ localId }) => localId));
  till.pushed = [...till.pushed.filter(({ localId }) => !names.has(localId)), ...bundle.sales];
  till.pending = till.pending.filter(({ localId }) => !names.has(localId));
  till.bundles = [...till.bundles, bundle];
}

/** Its carrier and orders as a batch of anybody's: whoever knows the content key can. */
export async function handNatively(
  world: World,
  random: Random,
  { till, bundle, genuine = true }: Native,
): Promise<string> {
  const orders = await handedSales(till, bundle, genuine);
  const own = orders.filter((order) => order !== undefined);
  const items = await itemsOf(bundle);
  if (items.length === 1) return '';
  world.counters.count('bundle.natively');
  return handItemsIn(world, random, { items, orders: [undefined, ...own] });
}

interface Native {
  readonly till: Till;
  readonly bundle: Bundle;
  readonly genuine?: boolean;
}
