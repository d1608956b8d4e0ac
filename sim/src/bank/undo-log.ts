/**
 * What a transaction on tables in memory has changed, in order, so that it can be taken back: an
 * exception inside leaves nothing, as a rollback would. One at a time: whoever comes meanwhile
 * waits, as for a lock.
 */
export interface UndoLog {
  set<K, V>(map: Map<K, V>, key: K, value: V): void;
  delete<K, V>(map: Map<K, V>, key: K): void;
  push<T>(rows: T[], row: T): void;
  assign<T extends object>(row: T, change: Partial<T>): void;
  /** Runs `act`; where it throws, everything that was written meanwhile is taken back. */
  transaction<T>(act: () => Promise<T> | T): Promise<T>;
}

/** `fault` is called after each write of a transaction, and around its commit; it may throw. */
export function createUndoLog(fault: (point: string) => void = () => undefined): UndoLog {
  const undo: (() => void)[] = [];
  let open = false;
  let last: Promise<unknown> = Promise.resolve();
  async function run<T>(act: () => Promise<T> | T): Promise<T> {
    open = true;
    try {
      const value = await act();
      fault('transaction/commit');
      return value;
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      undo.length = 0;
      open = false;
    }
  }
  const keep = (step: () => void) => {
    if (!open) return;
    undo.push(step);
    fault('transaction/write');
  };
  return {
    set(map, key, value) {
      const before = map.get(key);
      const had = map.has(key);
      map.set(key, value);
      keep(() => {
        if (had && before !== undefined) map.set(key, before);
        else map.delete(key);
      });
    },
    delete(map, key) {
      const before = map.get(key);
      if (before === undefined) return;
      map.delete(key);
      keep(() => void map.set(key, before));
    },
    push(rows, row) {
      rows.push(row);
      keep(() => void rows.pop());
    },
    assign(row, change) {
      const before = { ...row };
      Object.assign(row, change);
      keep(() => void Object.assign(row, before));
    },
    transaction(act) {
      const mine = last.then(() => run(act));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
