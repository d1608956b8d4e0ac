/** A memory of what was read or computed, by name: the least recently used goes first. */
export interface BoundedCache<T> {
  get(name: string): T | undefined;
  set(name: string, value: T): void;
}

/** @param capacity entries kept, at least 1. */
export function createBoundedCache<T>(capacity: number): BoundedCache<T> {
  // A Map iterates in the order of insertion, so its first key is the one unused for longest.
  const entries = new Map<string, T>();
  return {
    get(name) {
      const value = entries.get(name);
      if (value === undefined) return undefined;
      entries.delete(name);
      entries.set(name, value);
      return value;
    },
    set(name, value) {
      entries.delete(name);
      entries.set(name, value);
      if (entries.size <= capacity) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
  };
}
