import type { Drawer } from '../vault/drawer.ts';

/** Whether the bank was asked to move money, and its answer is not known. */
export async function hasOpenOrders(drawer: Pick<Drawer, 'get'>): Promise<boolean> {
  const names = ['onlineOrder', 'withdrawal', 'topUp', 'move'] as const;
  const orders = await Promise.all(names.map((name) => drawer.get(name)));
  return orders.some((order) => order !== undefined);
}

/** What becomes of what is kept here when its owner signs out. */
export type Rest = 'keep' | 'wipe';

/**
 * How one may leave. Documents that the bank has not got wait for it first. An order that it has
 * not answered stays in the drawer with its key, also where the bank lets its owner in no more:
 * only removing everything would lose it.
 */
export function waysToLeave(waiting: {
  readonly documents: number;
  readonly isOrderOpen: boolean;
}): readonly Rest[] {
  if (waiting.documents > 0) return [];
  return waiting.isOrderOpen ? ['keep'] : ['keep', 'wipe'];
}
