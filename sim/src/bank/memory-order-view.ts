import { hexOnce } from './hex-once.ts';
import type { OrdersView } from './order-port.ts';
import type { Tables } from './tables.ts';

/** What stands in the books about orders, as invariants read it; nothing where nobody has any. */
export function ordersView(tables: Tables): OrdersView | undefined {
  const { orders, ledger, uploads } = tables;
  if (orders.people.size + orders.tills.size === 0) return undefined;
  const people = [...orders.people.values()];
  const tills = [...orders.tills.values()];
  const users = new Map(people.map(({ no, userId }) => [no, userId]));
  const devices = new Map(tills.map(({ no, deviceId }) => [no, deviceId]));
  const balanceOf = (account: bigint) => ledger.accounts.get(account)?.balance ?? 0n;
  const numbers = new Map(
    [...orders.numbers].map(([name, { kind, signer, number, documentId, content }]) => {
      const named = kind === 'ledger_entry' ? users.get(signer) : devices.get(signer);
      const what = { id: hexOnce(documentId), content: hexOnce(content) };
      return [name, { kind, signer: named ?? '', number, ...what }] as const;
    }),
  );
  const owners = new Set([
    ...people.map(({ accountId }) => accountId),
    ...tills.map(({ tenantAccount }) => tenantAccount),
  ]);
  return {
    numbers: [...numbers.values()],
    settled: [...orders.settled.values()].flatMap((row) => {
      const number = numbers.get(row.name);
      if (number === undefined) return [];
      const { amountMinor, payeeWallet, settledAt } = row;
      const of = { id: hexOnce(row.id), content: hexOnce(row.content) };
      const uploadId = Number(row.uploadId);
      return [{ ...number, ...of, amountMinor, payeeWallet, settledAt, uploadId }];
    }),
    funds: new Map([
      ...people.map(({ userId, account }) => [userId, balanceOf(account)] as const),
      ...tills.flatMap(({ tenant, floats }) => {
        return [...floats.values()].map((account) => [tenant, balanceOf(account)] as const);
      }),
    ]),
    wallets: new Map(
      [...tables.wallets.values()]
        .filter(({ accountId }) => owners.has(accountId))
        .map(({ number, ledgerAccount }) => [number, balanceOf(ledgerAccount)]),
    ),
    approved: new Set(people.filter(({ approved }) => approved).map(({ userId }) => userId)),
    tills: new Map(tills.map(({ deviceId, status }) => [deviceId, status])),
    brought: new Map(
      [...orders.transactions.values()].map(({ documentId, bundleId, content }) => {
        const bundle = orders.bundles.get(bundleId);
        const payloadHash = hexOnce(bundle?.payloadHash ?? new Uint8Array());
        const cleared = bundle?.cleared === true;
        return [hexOnce(documentId), { content: hexOnce(content), payloadHash, cleared }];
      }),
    ),
    reviews: [...orders.reviews.values()].map(({ no, uploadId, outcome }) => {
      const bytes = uploads.get(uploadId)?.bytes ?? new Uint8Array();
      return { id: String(no), uploadId: Number(uploadId), bytes, outcome };
    }),
  };
}
