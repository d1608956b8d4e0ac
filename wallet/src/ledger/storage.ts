import { WalletError } from '../errors.ts';
import { exclusively } from '../exclusive.ts';

/** Where a party keeps its ledger: `localStorage`, or anything like it. */
export interface LedgerStorage {
  getItem(key: string): Promise<string | null> | string | null;
  setItem(key: string, value: string): Promise<void> | void;
}

/** One JSON value under one key, read before each change. */
export interface StoredValue<T> {
  read(): Promise<T>;
  /** Runs alone; what it answers as `next` is stored before `result` is given out. */
  change<R>(work: (stored: T) => Promise<{ readonly next?: T; readonly result: R }>): Promise<R>;
}

/**
 * Throws WalletError `wallet/store_damaged` for a text that is not such a value, which stays, and
 * `wallet/store_busy` while another tab of a browser has it open.
 */
export function openValue<T>(
  storage: LedgerStorage,
  key: string,
  { empty, isValue }: { readonly empty: T; readonly isValue: (value: unknown) => value is T },
): StoredValue<T> {
  const exclusive = exclusively(`sikka-ledger:${key}`);

  async function read(): Promise<T> {
    const text = await storage.getItem(key);
    const value = text === null || text === '' ? empty : parsed(text);
    if (!isValue(value)) throw new WalletError('wallet/store_damaged', `${key} is damaged`);
    return value;
  }

  return {
    read: () => exclusive.inOrder(read),
    change: (work) =>
      exclusive.inOrder(async () => {
        await exclusive.own();
        const { next, result } = await work(await read());
        if (next !== undefined) await storage.setItem(key, JSON.stringify(next));
        return result;
      }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
