import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { parseAmount } from '@sikka/protocol';
import type { AppClient } from '../account/bank-client.ts';
import type { Drawer } from '../vault/drawer.ts';

/** Money moved at the bank, online; the amount in minor units. */
export interface OnlineTransfer {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly amountMinor: bigint;
  readonly reference: string;
  /** Whole seconds since 1970, by the bank. */
  readonly at: number;
}

/** What the bank said of transfers, and its receipts; kept for when it cannot be reached. */
export interface Records {
  /** Newest first. */
  readonly transfers: ReadonlySignal<readonly OnlineTransfer[]>;
  /** By payment id. */
  readonly receipts: ReadonlySignal<ReadonlyMap<string, BankReceipt>>;
  /** Asks for the transfers that are not here yet; a code where that failed. */
  fetchTransfers(): Promise<string | undefined>;
  /** Asks for what the bank has on a payment. What it does not have yet changes nothing. */
  fetchReceipt(paymentId: string): Promise<void>;
}

/** Anybody can check it with the bank's keys alone (spec/log.md §4). */
export interface BankReceipt {
  /** When it settled, in whole seconds, where the bank said. */
  readonly settledAt: number | undefined;
  /** The packet, base64url. */
  readonly packet: string;
}

export interface RecordsParts {
  readonly client: Pick<AppClient, 'listTransfers' | 'getPayment' | 'getPaymentReceipt'>;
  readonly drawer: Drawer;
  /** Letters of ISO 4217: transfers in it are shown. */
  readonly currency: string;
}

/** As the drawer keeps it: the amount as the bank wrote it. */
type Kept = Omit<OnlineTransfer, 'amountMinor'> & { readonly amount: string };

const PAGE = 50;
/** A first look does not fetch years. */
const MOST_PAGES = 4;
/** As many as fit a phone; the statement has all. */
const MOST_KEPT = 500;
const MOST_RECEIPTS = 100;

/** Opens what was kept. */
export async function openRecords({ client, drawer, currency }: RecordsParts): Promise<Records> {
  let kept = (await drawer.get<readonly Kept[]>('transfers')) ?? [];
  const transfers = signal(kept.map((one) => read(one, currency)));
  const receipts = signal<ReadonlyMap<string, BankReceipt>>(
    new Map(await drawer.get<[string, BankReceipt][]>('receipts')),
  );
  return {
    transfers,
    receipts,
    async fetchTransfers() {
      const newer = await fetchNewer({ client, currency, known: kept });
      if (!newer.ok) return newer.code;
      if (newer.transfers.length === 0) return undefined;
      kept = [...newer.transfers, ...kept].sort((a, b) => b.id - a.id).slice(0, MOST_KEPT);
      await drawer.put('transfers', kept);
      transfers.value = kept.map((one) => read(one, currency));
      return undefined;
    },
    async fetchReceipt(paymentId) {
      if (receipts.value.has(paymentId)) return;
      const params = { payment_id: paymentId };
      const [receipt, payment] = await Promise.all([
        client.getPaymentReceipt({ params }),
        client.getPayment({ params }),
      ]);
      if (!receipt.ok) return;
      const at = payment.ok ? payment.value.settled_at : undefined;
      const { packet } = receipt.value;
      const all = [...receipts.value, [paymentId, { settledAt: secondsOf(at), packet }] as const];
      receipts.value = new Map(all.slice(-MOST_RECEIPTS));
      await drawer.put('receipts', [...receipts.value]);
    },
  };
}

type Newer =
  | { readonly ok: true; readonly transfers: readonly Kept[] }
  | { readonly ok: false; readonly code: string };

interface Asked extends Pick<RecordsParts, 'client' | 'currency'> {
  readonly known: readonly Kept[];
}

/** Pages from the newest on, until one that is known. */
async function fetchNewer({ client, currency, known }: Asked): Promise<Newer> {
  const ids = new Set(known.map(({ id }) => id));
  const found: Kept[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.listTransfers({ query: { limit: String(PAGE) }, cursor });
    if (!answer.ok) return { ok: false, code: answer.problem.code };
    const fresh = answer.value.filter(({ id }) => !ids.has(id));
    for (const one of fresh) {
      if (one.currency !== currency) continue;
      const { id, amount, reference, from_wallet_id: from, to_wallet_id: to } = one;
      found.push({ id, from, to, amount, reference, at: secondsOf(one.timestamp) ?? 0 });
    }
    cursor = answer.nextCursor;
    if (fresh.length < answer.value.length || cursor === undefined) break;
  }
  return { ok: true, transfers: found };
}

function read({ amount, ...rest }: Kept, currency: string): OnlineTransfer {
  const parsed = parseAmount(amount, currency);
  return { ...rest, amountMinor: parsed.ok ? parsed.value : 0n };
}

function secondsOf(timestamp: string | undefined): number | undefined {
  return timestamp === undefined ? undefined : Math.floor(Date.parse(timestamp) / 1_000);
}
