import type { OrdersView, OrderView } from '../bank/order-port.ts';
import { orderKey } from '../orders/records.ts';
import type { Look } from './seen.ts';

/**
 * Orders (spec/settlement.md §7): nothing settles that its signer did not sign, or otherwise than
 * he signed it; one order a number; what is settled stays, and what is refused for ever is not.
 */
export function orders({ truth, view, seen }: Look): readonly string[] {
  if (view.orders === undefined) return [];
  const found: string[] = [];
  const earlier = seen.orders;
  const names = new Map<string, string>();
  const refused = new Map(view.rejected.map(({ id, code }) => [id, code]));
  const reviews = new Map(view.orders.reviews.map((row) => [row.uploadId, row.outcome]));
  for (const row of view.orders.settled) {
    const { id, kind, signer, number } = row;
    const name = `${kind}:${signer}:${number}`;
    const first = names.get(name);
    if (first !== undefined) found.push(`${first} and ${id} settled under one number`);
    names.set(name, id);
    const code = refused.get(id);
    if (code !== undefined) found.push(`${id} is settled and refused ${code}`);
    const text = textOf(row);
    const known = earlier.get(id);
    if (known === text) continue;
    if (known !== undefined) found.push(`${id} is settled differently now`);
    earlier.set(id, text);
    found.push(...whyNotSigned(truth, row));
    const { approved, tills } = view.orders;
    const isStopped = !approved.has(signer) && tills.get(signer) !== 'active';
    if (isStopped) found.push(`${id} settled while ${signer} was stopped`);
    const isHeld = reviews.has(row.uploadId) && reviews.get(row.uploadId) !== 'released';
    if (isHeld) found.push(`${id} settled by what a review holds or has rejected`);
    if (!isLetIn(view.orders, row)) found.push(`${id} settled, and no bundle let in brought it`);
  }
  const now = new Set(view.orders.settled.map(({ id }) => id));
  for (const id of earlier.keys()) if (!now.has(id)) found.push(`${id} was settled and is no more`);
  return found;
}

/** What a till says counts once its bundle was let in. */
function isLetIn({ brought }: OrdersView, { kind, id, content }: OrderView): boolean {
  const row = brought.get(id);
  return kind === 'ledger_entry' || (row?.cleared === true && row.content === content);
}

function textOf({ content, amountMinor, payeeWallet, settledAt, signer }: OrderView): string {
  return [content, amountMinor, payeeWallet, settledAt, signer].join(' ');
}

function whyNotSigned({ orders: { signed } }: Look['truth'], row: OrderView): readonly string[] {
  const order = signed.get(orderKey(row));
  if (order === undefined) return [`${row.id} settled, and ${row.signer} did not sign it`];
  const same =
    order.kind === row.kind &&
    order.signer === row.signer &&
    order.number === row.number &&
    order.amountMinor === row.amountMinor &&
    order.payeeWallet === row.payeeWallet;
  if (!same) return [`${row.id} settled otherwise than it was signed`];
  return order.own ? [] : [`${row.id} debits ${order.debits}, and nobody there signed it`];
}

/** A limit or float holds what was loaded less what settled; who is paid by orders has that. */
export function orderMoney({ truth, view }: Look): readonly string[] {
  const books = view.orders;
  if (books === undefined) return [];
  const spent = new Map<string, bigint>();
  const paid = new Map<number, bigint>();
  for (const row of books.settled) {
    const debits = truth.orders.signed.get(orderKey(row))?.debits ?? row.signer;
    spent.set(debits, (spent.get(debits) ?? 0n) + row.amountMinor);
    paid.set(row.payeeWallet, (paid.get(row.payeeWallet) ?? 0n) + row.amountMinor);
  }
  const found: string[] = [];
  for (const [name, loaded] of truth.orders.loaded) {
    const [has, should] = [books.funds.get(name) ?? 0n, loaded - (spent.get(name) ?? 0n)];
    if (has !== should) found.push(`${name} has ${has} set aside instead of ${should}`);
  }
  for (const [number, owner] of truth.orders.wallets) {
    const [has, should] = [books.wallets.get(number) ?? 0n, paid.get(number) ?? 0n];
    if (has !== should) found.push(`${owner} has ${has} in its wallet instead of ${should}`);
  }
  return found;
}
