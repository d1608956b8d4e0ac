import { hex, parseJsonText, readDeviceTransaction } from '@sikka/protocol';
import { WalletError } from '../errors.ts';
import { exclusively } from '../exclusive.ts';
import { MAX_PENDING_TRANSACTIONS } from '../limits.ts';
import type { CreateTransactionParams, DeviceStorage, OfflineTransaction } from './types.ts';

const PENDING = 'offline_pending_transactions';
const LIMITS = { depth: 9, nodes: 10_000 };

/** What waits to be pushed, kept in `storage` before anybody is told of it. */
export interface Pending {
  /** Makes this tab the till; `wallet/store_busy` while another is. */
  own(): Promise<void>;
  /** Lets another tab be it. */
  release(): void;
  /** As last read or written. */
  current(): readonly OfflineTransaction[];
  read(): Promise<readonly OfflineTransaction[]>;
  add(transaction: OfflineTransaction): Promise<void>;
  /** Forgets what the bank has taken. */
  remove(localIds: ReadonlySet<string>): Promise<void>;
}

/**
 * The transactions of one device. Each change reads what is stored first; in a browser one tab at a
 * time may change them.
 * Throws WalletError `wallet/store_damaged` for a text that is no list, which stays as it is.
 */
export function openPending(storage: DeviceStorage, deviceId: string): Pending {
  const exclusive = exclusively(`sikka-device:${deviceId}`);
  let known: readonly OfflineTransaction[] = [];

  async function read(): Promise<readonly OfflineTransaction[]> {
    known = listOf(await storage.getItem(PENDING));
    return known;
  }

  function change(
    next: (stored: readonly OfflineTransaction[]) => readonly OfflineTransaction[],
  ): Promise<void> {
    return exclusive.inOrder(async () => {
      await exclusive.own();
      const changed = next(await read());
      await storage.setItem(PENDING, JSON.stringify(changed));
      known = changed;
    });
  }

  return {
    own: () => exclusive.inOrder(exclusive.own),
    release: exclusive.release,
    current: () => known,
    read: () => exclusive.inOrder(read),
    add: (transaction) =>
      change((stored) => {
        if (stored.length >= MAX_PENDING_TRANSACTIONS) {
          throw new WalletError('wallet/store_failed', 'too many transactions wait');
        }
        return [...stored, transaction];
      }),
    remove: (localIds) =>
      change((stored) => stored.filter(({ local_id }) => !localIds.has(local_id))),
  };
}

/**
 * A transaction with its id, read as the bank will read it: one that it refuses would hold up all
 * others in its bundle.
 * @throws WalletError `wallet/transaction_invalid`
 */
export function newTransaction(
  params: CreateTransactionParams,
  { deviceId, now }: { readonly deviceId: string; readonly now: Date },
): OfflineTransaction {
  const { type, amount, currency, sender, receiver, merchant_id, meta } = params;
  const random = hex(crypto.getRandomValues(new Uint8Array(8)));
  const transaction = {
    local_id: `${deviceId}_${now.getTime()}_${random}`,
    type,
    amount,
    currency,
    sender,
    receiver,
    ...(merchant_id === undefined ? {} : { merchant_id }),
    initiated_at: now.toISOString(),
    ...(meta === undefined ? {} : { meta }),
  };
  const text = JSON.stringify(transaction);
  const parsed = parseJsonText(text, LIMITS);
  const read = parsed.ok ? readDeviceTransaction(parsed.value, text) : parsed;
  if (!read.ok) throw new WalletError('wallet/transaction_invalid', read.detail);
  return JSON.parse(text) as OfflineTransaction;
}

function listOf(text: string | null): readonly OfflineTransaction[] {
  if (text === null || text === '') return [];
  const value = parsed(text);
  if (!Array.isArray(value) || !value.every(hasLocalId)) {
    throw new WalletError('wallet/store_damaged', `${PENDING} is no list of transactions`);
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasLocalId(value: unknown): value is OfflineTransaction {
  return (
    typeof value === 'object' &&
    value !== null &&
    'local_id' in value &&
    typeof value.local_id === 'string'
  );
}
