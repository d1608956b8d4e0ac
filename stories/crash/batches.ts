import { createClient } from '@sikka/api';
import type { Client } from '@sikka/api';
import { decodeCbor, encodeCbor } from '@sikka/protocol';
import { openOrderTown } from '../auditor-town/orders.ts';
import type { LedgerSender, OrderTill, OrderTown } from '../auditor-town/orders.ts';
import { enrol, ok, openPurse, pay } from '../auditor-town/phone.ts';
import type { Phone } from '../auditor-town/phone.ts';
import { holdKey, payByKey } from '../auditor-town/wallet-keys.ts';
import type { KeyHolder } from '../auditor-town/wallet-keys.ts';

/** A batch of 200 payments of every kind behind a till's bundle, and one that is not signed. */
export const COUNTS = { orders: 30, native: 120, byKey: 20, entries: 30 } as const;

export const OUTCOMES: readonly string[] = [
  'recorded',
  ...Array.from({ length: 200 }, () => 'settled'),
  'payer_signature_invalid',
];

/** People who may sign some thousand payments of 0.01 each. */
export interface CrashTown extends OrderTown {
  nextBatch(): Promise<Uint8Array>;
}

/** At a bank whose worker is off: nothing is done but what a test asks for. */
export async function openCrashTown(): Promise<CrashTown> {
  const town = await openOrderTown({ env: { WORKER: 'off' } });
  const { bank } = town;
  const clientOf = (account: string) =>
    createClient({ baseUrl: bank.url, token: () => bank.token(account) });
  const payer = clientOf('ayesha');
  const wallets = await walletsOf(payer);
  const body = { from_wallet_id: wallets.current, to_wallet_id: wallets.offline };
  ok(await payer.createTransfer({ body: { ...body, amount: '20000.00', currency: 'PKR' } }));
  const shop = clientOf('bilal');
  const people = {
    phone: await enrol(payer, 'ayesha', 'payer'),
    shop: (await walletsOf(shop)).current,
    keys: [
      await holdKey(payer, wallets.offline),
      await holdKey(shop, (await walletsOf(shop)).offline),
    ] as const,
    ledger: [await town.person(), await town.person()] as const,
    till: await town.till(),
  };
  return { ...town, nextBatch: () => signBatch(town, people) };
}

async function walletsOf(client: Client) {
  const wallets = ok(await client.listWallets());
  const idOf = (kind: string) => wallets.find(({ wallet_type: type }) => type === kind)?.id ?? 0;
  return { current: idOf('current'), offline: idOf('offline') };
}

interface People {
  readonly phone: Phone;
  readonly shop: number;
  readonly keys: readonly [KeyHolder, KeyHolder];
  readonly ledger: readonly [LedgerSender, LedgerSender];
  readonly till: OrderTill;
}

async function signBatch(town: OrderTown, people: People): Promise<Uint8Array> {
  const { phone, shop, keys, till } = people;
  const [sender, receiver] = people.ledger;
  const orders = times(COUNTS.orders, () => ({ amount: 0.01, receiver: shop }));
  const bundle = decodeCbor(await town.bundle(till, orders), { maxBytes: 100_000 });
  if (!bundle.ok || !Array.isArray(bundle.value)) throw new Error('No bundle.');
  const items = bundle.value as Uint8Array[];
  for (const half of times(2, () => COUNTS.native / 2)) {
    const purse = await openPurse(phone, BigInt(half));
    for (let each = 0; each < half; each += 1) {
      items.push((await pay(purse, { amountMinor: 1n, wallet: shop })).packet);
    }
  }
  const [from, to] = keys;
  for (const amount of times(COUNTS.byKey, () => '0.01')) {
    items.push((await payByKey(from, to, { amount })).item);
  }
  const amount = '0.01';
  for (const signed of times(COUNTS.entries, () => sender)) {
    items.push(await town.entry(signed, receiver, { amount }));
  }
  items.push(await town.entry({ ...sender, signer: receiver.signer }, receiver, { amount }));
  return encodeCbor(items);
}

function times<T>(length: number, make: () => T): readonly T[] {
  return Array.from({ length }, make);
}
