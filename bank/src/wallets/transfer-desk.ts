import { gather, isRefused } from '../db/index.ts';
import type { Db } from '../db/index.ts';
import { limits } from './limits.ts';
import { placeTogether } from './store/transfers.ts';
import { completedOf, orderedOf, transfer } from './transfers.ts';
import type { TransferAnswer, TransferOrder } from './transfers.ts';

/** Takes orders for transfers; those that come at the same moment cost one statement. */
export interface TransferDesk {
  /** As `transfer` answers it. */
  transfer(order: TransferOrder): Promise<TransferAnswer>;
}

/**
 * A quiet bank carries out each order by itself. A busy one takes those that have come meanwhile
 * together: the orders against which nothing speaks are carried out in one transaction, each with
 * its own row, key, audit event and announcement. All others, and all where something came between,
 * are ordered one by one: what is refused, and why, is said in one place (`wallet_order`).
 */
export function createTransferDesk(db: Db): TransferDesk {
  const transferOf = gather<TransferOrder, TransferAnswer>({
    answer: (orders) => carryOut(db, orders),
    most: limits.transfersTogether,
    atOnce: limits.transferGroupsAtOnce,
    fits: isApart,
  });
  return { transfer: transferOf };
}

/**
 * Whether the order in which both are carried out makes no difference: of another account, so that
 * neither key, reference nor the day's limit is of both; and neither spends what the other pays in.
 */
function isApart(chosen: readonly TransferOrder[], next: TransferOrder): boolean {
  return chosen.every(
    ({ accountId, from, to }) =>
      accountId !== next.accountId && from !== next.to && to !== next.from,
  );
}

async function carryOut(
  db: Db,
  orders: readonly TransferOrder[],
): Promise<readonly (TransferAnswer | Promise<TransferAnswer>)[]> {
  const made = orders.length === 1 ? undefined : await tryTogether(db, orders);
  return orders.map((order, index) => made?.[index] ?? transfer(db, order));
}

/** Undefined, as a whole or for one, where nothing was done. */
async function tryTogether(
  db: Db,
  orders: readonly TransferOrder[],
): Promise<readonly (TransferAnswer | undefined)[] | undefined> {
  const at = new Date(Math.max(...orders.map((order) => order.at.getTime())));
  try {
    const ids = await placeTogether(db, orders.map(orderedOf), at);
    return orders.map((order, index) => {
      const id = ids[index];
      if (id === undefined) return undefined;
      return { ok: true, transfer: completedOf(order, { id, at }), repeated: false };
    });
  } catch (error) {
    // Only where the database said no is it certain that nothing was done.
    if (isRefused(error)) return undefined;
    throw error;
  }
}
