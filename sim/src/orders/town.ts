import { publicKeySpki, sha256 } from '@sikka/protocol';
import type { BundlePush, DeviceKey, KeyAgreement, Signer } from '@sikka/protocol';
import { agreementBy } from '../agreement.ts';
import type { OrderDesk } from '../bank/order-port.ts';
import { derivePointPair, deriveSigner } from '../keys.ts';
import { createRandom } from '../random.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/** Who pays by sealed ledgers and by tills in a world, and everything that they have. */
export interface OrderTown {
  readonly desk: OrderDesk;
  readonly people: readonly Person[];
  readonly tills: readonly Till[];
  /** Every entry that somebody signed or made up: thieves have them all. */
  readonly entries: Entry[];
}

/** Somebody who pays and is paid by ledgers. */
export interface Person {
  readonly userId: string;
  /** That he is paid to; 0 for somebody whom the bank does not know. */
  readonly wallet: number;
  readonly signer: Signer;
  readonly agreement: KeyAgreement;
  readonly thief: boolean;
  /** Of the transaction that he signed last. */
  lastHash: string;
  /** How many he has numbered. */
  numbered: number;
  /** His ledger, in order. */
  ledger: readonly Entry[];
  /** An older copy of it. */
  copy: readonly Entry[];
}

/** A transaction of a ledger. */
export interface Entry {
  /** Signed, as JSON text. */
  readonly text: string;
  /** As written in it. */
  readonly hash: string;
  /** As an item of a batch. */
  readonly item: Uint8Array;
  readonly id: string;
  readonly content: string;
  readonly fromId: string;
  readonly toId: string;
  readonly number: string;
  /** The registered key of whom it debits signed it, and is the one that it names. */
  readonly genuine: boolean;
  /** The code by which a ledger that holds it is refused. */
  readonly flaw: string | undefined;
}

export interface Till {
  readonly deviceId: string;
  readonly tenant: string;
  readonly signer: Signer;
  readonly thief: boolean;
  /** What it has not pushed yet, and what it has. */
  pending: readonly Sale[];
  pushed: readonly Sale[];
  bundles: readonly Bundle[];
  numbered: number;
}

/** What a till says that it saw. */
export interface Sale {
  readonly localId: string;
  readonly type: 'cashin' | 'cashout' | 'merchant' | 'p2p';
  readonly amountMinor: bigint;
  readonly sender: string;
  readonly receiver: string;
  readonly initiatedAt: string;
  /** An item that a payer signed. */
  readonly payment: Uint8Array | undefined;
}

/** A bundle as it was pushed, with what its maker put into it. */
export interface Bundle {
  readonly push: BundlePush;
  /** In hex. */
  readonly payloadHash: string;
  readonly contentKey: Uint8Array;
  readonly nonce: string;
  readonly sales: readonly Sale[];
}

const towns = new WeakMap<World, OrderTown>();

/** Undefined at a bank that takes no orders. */
export async function townOf(world: World): Promise<OrderTown | undefined> {
  const known = towns.get(world);
  if (known !== undefined) return known;
  const { orders: desk } = world.bank;
  if (desk === undefined) return undefined;
  // Of the seed, whatever event comes first: another may be left out.
  const { policy, parties } = world;
  const random = createRandom(`orders/${String(parties[0]?.balanceMinor)}/${policy.validSeconds}`);
  const people: Person[] = [];
  const hasThieves = random.chance(0.75);
  for (const name of ['asma', 'babar', 'dania', 'ejaz']) {
    people.push(await openPerson(world, { desk, random: random.fork(name), name, hasThieves }));
  }
  people.push(stranger(random.fork('stranger')));
  const tills: Till[] = [];
  for (const [at, tenant] of ['agent-1', 'agent-1', 'agent-2'].entries()) {
    const name = `till-${at + 1}`;
    const opening = { desk, random: random.fork(name), name, tenant };
    tills.push(await openTill(world, { ...opening, thief: hasThieves && at === 1 }));
  }
  const town = { desk, people, tills, entries: [] };
  towns.set(world, town);
  world.reached += 1;
  return town;
}

interface Opening {
  readonly desk: OrderDesk;
  readonly random: Random;
  readonly name: string;
}

async function openPerson(
  { recorder: { orders } }: World,
  { desk, random, name: userId, hasThieves }: Opening & { readonly hasThieves: boolean },
): Promise<Person> {
  const { signer, agreement } = keysOf(random);
  const limitMinor = BigInt(random.between(20_000, 120_000));
  const { publicKey } = signer;
  const wallet = await desk.registerPerson({ userId, publicKey, limitMinor });
  orders.loaded(userId, limitMinor);
  orders.wallet(wallet, userId);
  const begun = { lastHash: '', numbered: 0, ledger: [], copy: [] };
  return { userId, wallet, signer, agreement, thief: hasThieves && userId === 'ejaz', ...begun };
}

/** Has keys, and is registered nowhere. */
function stranger(random: Random): Person {
  const begun = { lastHash: '', numbered: 0, ledger: [], copy: [] };
  return { userId: 'stranger', wallet: 0, ...keysOf(random), thief: true, ...begun };
}

function keysOf(random: Random) {
  const signer = deriveSigner('ES256', random.fork('signing'));
  return { signer, agreement: agreementBy(derivePointPair(random.fork('agreement'))) };
}

async function openTill(
  { recorder: { orders } }: World,
  opening: Opening & { readonly tenant: string; readonly thief: boolean },
): Promise<Till> {
  const { desk, random, name: deviceId, tenant, thief } = opening;
  const signer = deriveSigner('ES256', random.fork('signing'));
  const { publicKey } = signer;
  const scheme = 'ECDSA-P256';
  const key: DeviceKey = { scheme, publicKey, id: sha256(publicKeySpki(scheme, publicKey)) };
  const floatMinor = BigInt(random.between(50_000, 300_000));
  const wallet = await desk.registerTill({ deviceId, key, tenant, floatMinor });
  // The second till of a tenant draws on the float that is there.
  if (![...orders.truth.wallets.values()].includes(tenant)) orders.loaded(tenant, floatMinor);
  orders.wallet(wallet, tenant);
  const begun = { pending: [], pushed: [], bundles: [], numbered: 0 };
  return { deviceId, tenant, signer, thief, ...begun };
}

/** The registered one of this id. */
export function personOf({ people }: OrderTown, userId: string): Person | undefined {
  return people.find((each) => each.userId === userId && each.wallet !== 0);
}
