import type { Drawer } from '../vault/drawer.ts';

/** Whether the bank was asked to move money, and its answer is not known. */
export async function hasOpenOrders(drawer: Pick<Drawer, 'get'>): Promise<boolean> {
  const names = ['onlineOrder', 'withdrawal', 'move'] as const;
  const orders = await Promise.all(names.map((name) => drawer.get(name)));
  return orders.some((order) => order !== undefined);
}
