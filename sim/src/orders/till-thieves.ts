import { encodeBundleCarrier } from '@sikka/protocol';
import type { Act } from '../acts/act.ts';
import type { ReviewView } from '../bank/order-port.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { handedSales, handItemsIn, itemsIn, ordersOf, pushBundle } from './hand-in.ts';
import { itemsOf, makeBundle, openedOf } from './sales.ts';
import { drawSale, handNatively, notePushed } from './till-acts.ts';
import type { Bundle, OrderTown, Sale, Till } from './town.ts';
import { townOf } from './town.ts';

/** What thieves try with tills' bundles, their own and others'. */
export const stealByTill: Act = async (world, random) => {
  const town = await townOf(world);
  const thief = town?.tills.find((each) => each.thief);
  if (town === undefined || thief === undefined) return 'no thief';
  const victim = random.pick(town.tills);
  const name = random.pick(Object.keys(TRICKS));
  const line = await TRICKS[name]?.({ world, random, town, thief, victim });
  world.counters.count(`thief.by-till.${name}`);
  return `${name}: ${line ?? ''}`;
};

interface Trying {
  readonly world: World;
  readonly random: Random;
  readonly town: OrderTown;
  readonly thief: Till;
  /** Perhaps the thief's own. */
  readonly victim: Till;
}

type Trick = (trying: Trying) => Promise<string>;

const TRICKS: Readonly<Record<string, Trick>> = {
  replay: async ({ world, random, town, victim }) => {
    if (victim.bundles.length === 0) return 'nothing pushed';
    const bundle = random.pick(victim.bundles);
    return (await pushBundle(world, town, { till: victim, bundle, flaw: undefined })).line;
  },
  /** One number for two orders: by a second bundle, and by its orders alone. */
  numberTwice: async ({ world, random, town, thief }) => {
    const draw = () => cashIn(drawSale(world, random, { town, till: thief }));
    if (!thief.pushed.some(({ payment }) => payment === undefined)) {
      const making = { till: thief, sales: [draw()] };
      const bundle = await makeBundle(world, random.fork('before'), { town, making });
      const pushed = await pushBundle(world, town, { till: thief, bundle, flaw: undefined });
      if (pushed.isTaken) notePushed(thief, bundle);
    }
    const own = thief.pushed.filter(({ payment }) => payment === undefined);
    if (own.length === 0) return 'nothing pushed';
    const { localId } = random.pick(own);
    const sales = [{ ...draw(), localId }];
    const bundle = await makeBundle(world, random, { town, making: { till: thief, sales } });
    const flaw = undefined;
    const early = random.chance(0.5);
    const first = early ? await handNatively(world, random, { till: thief, bundle }) : '';
    const { line } = await pushBundle(world, town, { till: thief, bundle, flaw });
    return `${first} | ${line} | ${await handNatively(world, random, { till: thief, bundle })}`;
  },
  /** In the name of another till. */
  anotherTill: async ({ world, random, town, thief, victim }) => {
    if (victim === thief) return 'itself';
    const sales = [cashIn(drawSale(world, random, { town, till: victim }))];
    const making = { till: victim, sales, signer: thief.signer };
    const bundle = await makeBundle(world, random, { town, making });
    const pushed = { till: victim, bundle, flaw: 'bundle/signature_invalid' };
    const { line } = await pushBundle(world, town, pushed);
    const native = { till: victim, bundle, genuine: false };
    return `${line} | ${await handNatively(world, random, native)}`;
  },
  anotherBank: async ({ world, random, town, thief }) => {
    const sales = [drawSale(world, random, { town, till: thief })];
    const making = { till: thief, sales, peer: thief.signer.publicKey };
    const bundle = await makeBundle(world, random, { town, making });
    const flaw = 'bundle/unwrap_failed';
    return (await pushBundle(world, town, { till: thief, bundle, flaw })).line;
  },
  /** A nonce or an id of a bundle that the bank has. */
  namedAgain: async ({ world, random, town, thief }) => {
    if (thief.bundles.length === 0) return 'nothing pushed';
    const { nonce, push } = random.pick(thief.bundles);
    const sales = [drawSale(world, random, { town, till: thief })];
    const isNonce = random.chance(0.5);
    const named = isNonce ? { nonce } : { bundleId: push.bundleId };
    const making = { till: thief, sales, ...named };
    const bundle = await makeBundle(world, random, { town, making });
    const flaw = isNonce ? 'nonce_used' : 'bundle_conflict';
    return (await pushBundle(world, town, { till: thief, bundle, flaw })).line;
  },
  /** One number twice in one bundle. */
  twiceInOne: async ({ world, random, town, thief }) => {
    const sale = drawSale(world, random, { town, till: thief });
    const other = { ...sale, amountMinor: sale.amountMinor + 1n, payment: undefined };
    // As it is sealed, whatever it says: nobody who reads it would have written it.
    const making = { till: thief, sales: [sale, other], isUnread: true };
    const bundle = await makeBundle(world, random, { town, making });
    const flaw = 'bundle/duplicate_transaction';
    return (await pushBundle(world, town, { till: thief, bundle, flaw })).line;
  },
  /** The orders of one bundle behind the carrier of another. */
  misplaced: async ({ world, random, town, thief }) => {
    const bundles: Bundle[] = [];
    for (const name of ['one', 'other']) {
      const draw = random.fork(name);
      const sales = [cashIn(drawSale(world, draw, { town, till: thief }))];
      bundles.push(await makeBundle(world, draw, { town, making: { till: thief, sales } }));
    }
    const [one, other] = bundles;
    if (one === undefined || other === undefined) return '';
    const handing = { till: thief, bundle: one, flaw: undefined };
    const { line, isTaken } = await pushBundle(world, town, handing);
    if (isTaken) notePushed(thief, one);
    const items = [encodeBundleCarrier((await openedOf(one)).carrier)];
    items.push(...(await itemsOf(other)).slice(1));
    const orders = (await handedSales(thief, other, true)).map((order) => {
      return order && { ...order, misplaced: true };
    });
    const given = { items, orders: [undefined, ...orders] };
    return `${line} | ${await handItemsIn(world, random, given)}`;
  },
};

/** With which it debits its own tenant, whatever else was drawn. */
function cashIn(sale: Sale): Sale {
  return { ...sale, type: 'cashin', payment: undefined };
}

/** The bytes of what a review holds or has decided, as an upload of anybody's. */
export const heldBytes: Act = async (world, random) => {
  const town = await townOf(world);
  const { orders: books } = await world.bank.observe();
  if (town === undefined || books === undefined || books.reviews.length === 0)
    return 'nothing held';
  return bringHeld(world, random, { town, review: random.pick(books.reviews) });
};

export async function bringHeld(
  world: World,
  random: Random,
  { town, review }: { readonly town: OrderTown; readonly review: ReviewView },
): Promise<string> {
  const items = itemsIn(review.bytes);
  const orders = await ordersOf(town, items);
  return handItemsIn(world, random, { items, orders, isHeld: review.outcome === undefined });
}
