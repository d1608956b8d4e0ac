import { WalletError } from './errors.ts';
import { STORAGE_SETTLES_MS } from './limits.ts';
import { makeQueue } from './queue.ts';
import type { Queue } from './queue.ts';

/** A storage that one tab at a time may change. */
export interface Exclusive {
  /** Runs reads and changes one at a time, in the order asked. */
  readonly inOrder: Queue;
  /**
   * Makes this tab the one that changes, from now until it is closed or lets go.
   * Rejects with `wallet/store_busy` while another tab is.
   */
  own(): Promise<void>;
  release(): void;
}

/**
 * Tabs see one another's `localStorage` late, so a lock for each change would not do: what one tab
 * wrote, the next may not read yet, and would write over. A tab keeps the lock instead. Outside
 * browsers there are no tabs.
 */
export function exclusively(name: string): Exclusive {
  const inOrder = makeQueue();
  let owned: Promise<boolean> | undefined;
  let letGo: () => void = () => undefined;

  function request(locks: LockManager): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const held = locks.request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        if (lock === null) return undefined;
        return new Promise<void>((done) => {
          letGo = done;
        });
      });
      held.catch(reject);
    });
  }

  return {
    inOrder,
    async own() {
      const locks = globalThis.window?.navigator.locks;
      if (locks === undefined) return;
      const isFirst = owned === undefined;
      owned ??= request(locks);
      if (!(await owned)) {
        owned = undefined;
        throw new WalletError('wallet/store_busy', 'another tab has this open');
      }
      if (isFirst) await new Promise((resolve) => setTimeout(resolve, STORAGE_SETTLES_MS));
    },
    release() {
      letGo();
      owned = undefined;
    },
  };
}
