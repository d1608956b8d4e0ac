import { jsonOf, withHttpClient } from './http.ts';
import { inLanes } from './lanes.ts';
import { quantile } from './statistics.ts';
import type { Payer } from './town/people.ts';

const TRANSFER_CLIENTS = 8;
/** Per second, to expect: only the length of a sample depends on it. */
const EXPECTED = 2_000;
const AMOUNT = '1.00';

export interface Transferred {
  readonly perSecond: number;
  /** Milliseconds from sending to the last byte of the answer. */
  readonly p50: number;
  readonly p99: number;
}

/** Online transfers from one current wallet to another's, each client one after the other. */
export async function transferOnline(
  url: string,
  payers: readonly Payer[],
  { seconds, run }: { readonly seconds: number; readonly run: number },
): Promise<Transferred> {
  const each = Math.max(1, Math.round((EXPECTED * seconds) / TRANSFER_CLIENTS));
  const orders = Array.from({ length: TRANSFER_CLIENTS }, (_, lane) =>
    Array.from({ length: each }, (_, i) => orderOf(payers, i * TRANSFER_CLIENTS + lane, run)),
  );
  const began = performance.now();
  const done = await withHttpClient({ url, connections: TRANSFER_CLIENTS }, (client) =>
    inLanes(orders, async (order) => {
      const sent = performance.now();
      const reply = await client.send(order);
      return { reply, ms: performance.now() - sent };
    }),
  );
  const elapsed = (performance.now() - began) / 1000;
  for (const { reply } of done) jsonOf(reply, 201);
  const times = done.map(({ ms }) => ms);
  return {
    perSecond: done.length / elapsed,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}

function orderOf(payers: readonly Payer[], place: number, run: number) {
  const from = payers[place % payers.length];
  const to = payers[(place + Math.ceil(payers.length / 2)) % payers.length];
  if (from === undefined || to === undefined) throw new Error('Nobody to pay.');
  const order = {
    from_wallet_id: from.wallet,
    to_wallet_id: to.wallet,
    amount: AMOUNT,
    currency: 'PKR',
  };
  return {
    path: '/api/v1/wallets/transfer',
    token: from.token,
    headers: { 'idempotency-key': `bench-${run}-${place}` },
    body: { type: 'application/json', bytes: Buffer.from(JSON.stringify(order)) },
  };
}
