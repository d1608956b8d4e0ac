import type { BankView, ItemOutcome } from '../bank/port.ts';
import type { OrdersView } from '../bank/order-port.ts';
import { walletIdOf } from '../bank/order-port.ts';
import { answersOfOrder } from '../reference/order-model.ts';
import type { OrderCase } from '../reference/order-model.ts';
import type { World } from '../world.ts';
import { orderKey } from './records.ts';
import type { SignedOrder } from './records.ts';

/** An order as somebody handed it in: an item of a batch. */
export interface HandedOrder {
  readonly kind: SignedOrder['kind'];
  readonly id: string;
  readonly content: string;
  /** User id or device id, as it says. */
  readonly signer: string;
  readonly number: string;
  /** Bears its registered signer's signature, by the key that it names. */
  readonly genuine: boolean;
  /** Of a till's: of the bundle that it stands in, in hex. */
  readonly payloadHash: string | undefined;
  /** It stands behind another's carrier, where it means nothing. */
  readonly misplaced?: boolean;
}

export interface Answered {
  /** Undefined for what is no order. */
  readonly orders: readonly (HandedOrder | undefined)[];
  readonly outcomes: readonly ItemOutcome[];
  /** The books before it was handed in, and what was handed to settlement. */
  readonly before: BankView;
  readonly batch: Uint8Array;
}

const races = new WeakSet<World>();

/** While something is handed in several ways at once, any of them may be decided first. */
export async function racing<T>(world: World, act: () => Promise<T>): Promise<T> {
  races.add(world);
  try {
    return await act();
  } finally {
    races.delete(world);
  }
}

/** Every answer with the reference model, which knows who signed what; answers the words. */
export function compareOrders(world: World, answered: Answered): string {
  const words = answered.orders.map((order, at) => {
    const outcome = answered.outcomes[at];
    if (order === undefined || outcome === undefined) return undefined;
    const { result, code = '' } = outcome;
    const word = result === 'rejected' ? code : result;
    world.counters.count(`order.${order.kind === 'ledger_entry' ? 'ledger' : 'till'}.${word}`);
    if (word !== 'pending') compareOne(world, { order, word, ...answered });
    return `${order.number} ${word}`;
  });
  return words.filter((word) => word !== undefined).join(', ');
}

/** What a review holds is decided by nobody: only what came another way has an answer. */
export function compareHeld(world: World, { orders, outcomes, before }: Answered): string {
  const settled = new Set(before.orders?.settled.map((row) => row.id));
  const refused = new Map(before.rejected.map(({ id, code }) => [id, code]));
  let pending = 0;
  orders.forEach((order, at) => {
    const { result = 'pending', code } = outcomes[at] ?? {};
    if (order === undefined || result === 'pending') {
      pending += result === 'pending' ? 1 : 0;
      return;
    }
    const known = settled.has(order.id) ? 'settled' : refused.get(order.id);
    if (known !== undefined && known === (result === 'rejected' ? code : result)) return;
    const detail = `${order.id}, which a review holds, was answered ${code ?? result}`;
    world.report({ invariant: 'order-reference', detail });
  });
  world.counters.count('order.held-bytes', pending);
  return `${pending} pending`;
}

interface Comparing extends Answered {
  readonly order: HandedOrder;
  readonly word: string;
}

function compareOne(world: World, comparing: Comparing): void {
  const { order, word, before } = comparing;
  const books = before.orders;
  if (books === undefined) return;
  const may =
    order.misplaced === true
      ? new Set(['not_accepted_here'])
      : answersOfOrder(caseOf(world, books, comparing));
  if (!may.has(word)) {
    const detail = `${order.id} was answered ${word} instead of ${[...may].join(' or ')}`;
    world.report({ invariant: 'order-reference', detail });
  }
  if (!order.genuine || order.misplaced === true || !isFinal(order, word)) return;
  const first = world.recorder.orders.answered(orderKey(order), word);
  if (first === undefined) return;
  const detail = `${order.id}: first ${first}, then ${word}`;
  world.report({ invariant: 'order-answers', detail });
}

/** What is kept for ever under an order's id (spec/settlement.md §7). */
function isFinal({ kind }: HandedOrder, word: string): boolean {
  const always = ['settled', 'amount_invalid', 'wrong_currency', 'payer_mismatch', 'self_payment'];
  const tills = ['device_revoked', 'payment_missing'];
  const ledgers = ['order_conflict'];
  return [...always, ...(kind === 'ledger_entry' ? ledgers : tills)].includes(word);
}

function caseOf(world: World, books: OrdersView, comparing: Comparing): OrderCase {
  const { order, before, batch } = comparing;
  const { truth } = world.recorder.orders;
  const { kind, id, content, signer } = order;
  const signed = truth.signed.get(orderKey(order));
  const stands = books.settled.some((row) => row.id === id && row.content === content);
  const brought = books.brought.get(id);
  const isSame = brought?.content === content && brought.payloadHash === order.payloadHash;
  const reviews = books.reviews.filter(({ outcome }) => outcome === 'rejected');
  const debits = signed?.debits ?? signer;
  return {
    ...{ kind, stands, genuine: order.genuine },
    known: kind === 'ledger_entry' ? books.funds.has(signer) : books.tills.has(signer),
    refused: before.rejected.find((row) => row.id === id)?.code,
    number: numberOf(world, books, comparing),
    reviewed: reviews.some(({ bytes }) => Buffer.compare(bytes, batch) === 0),
    cleared: isSame && brought.cleared,
    status: books.tills.get(signer),
    own: signed?.own === true,
    approved: books.approved.has(signer),
    namesHisLimit: [undefined, '', walletIdOf(signer)].includes(signed?.walletId),
    payeeKnown:
      kind === 'ledger_entry'
        ? books.approved.has(signed?.toId ?? '')
        : (signed?.payeeWallet ?? 0) !== 0,
    toItself: signed?.toId === signer,
    amountMinor: signed?.amountMinor,
    fundsMinor: books.funds.get(debits) ?? 0n,
    besideMinor: besideOf(world, comparing, debits),
    others: races.has(world) || before.uploads.some(({ decided }) => !decided),
  };
}

/** Of what else was said under the same number. */
function numberOf(
  { recorder: { orders } }: World,
  books: OrdersView,
  { order }: Comparing,
): OrderCase['number'] {
  const { kind, id, content, signer, number } = order;
  const isNamed = (row: Pick<SignedOrder, 'kind' | 'number' | 'signer'>) => {
    return row.kind === kind && row.signer === signer && row.number === number;
  };
  const holder = books.numbers.find(isNamed);
  if (holder !== undefined) return holder.content === content ? 'free' : 'taken';
  // A till's is compared with what its bundle brought, too.
  const brought = kind === 'device_transaction' ? books.brought.get(id) : undefined;
  if (brought !== undefined && brought.content !== content) return 'taken';
  const rivals = [...orders.truth.signed.values()].filter((row) => {
    return isNamed(row) && row.content !== content;
  });
  return rivals.length > 0 ? 'contested' : 'free';
}

function besideOf({ recorder: { orders } }: World, comparing: Comparing, debits: string): bigint {
  const others = comparing.orders.filter((each) => each !== comparing.order);
  return others.reduce((sum, each) => {
    const signed = each && orders.truth.signed.get(orderKey(each));
    return signed?.debits === debits ? sum + (signed.amountMinor ?? 0n) : sum;
  }, 0n);
}
