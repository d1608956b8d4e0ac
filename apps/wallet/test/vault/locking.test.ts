import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { lockWhenHidden } from '../../src/vault/auto-lock.ts';
import type { AutoLockParts } from '../../src/vault/auto-lock.ts';
import { markToWipe, wipeIfMarked } from '../../src/vault/wiping.ts';

const MINUTE_MS = 60_000;

/** A page whose visibility, clock and timers the test turns. */
function hiddenPage(lockAfter: '0' | '2' | '10') {
  const heard: (() => void)[] = [];
  const timers = new Map<number, { readonly run: () => void; readonly afterMs: number }>();
  let now = 1_000_000;
  let locked = 0;
  const page = {
    visibilityState: 'visible' as DocumentVisibilityState,
    addEventListener: (_name: string, listener: () => void) => void heard.push(listener),
  };
  const parts = {
    vault: { state: signal({ kind: 'open' }), lock: async () => void (locked += 1) },
    settings: { lockAfter: signal(lockAfter) },
    page,
    window: {
      setTimeout: (run: () => void, afterMs: number) => {
        timers.set(timers.size + 1, { run, afterMs });
        return timers.size;
      },
      clearTimeout: (id: number | undefined) => void timers.delete(id ?? 0),
    },
    now: () => now,
  };
  // A page, a window and a vault, as far as locking looks at them.
  lockWhenHidden(parts as unknown as AutoLockParts);
  const turn = (to: DocumentVisibilityState) => {
    page.visibilityState = to;
    heard.forEach((listener) => {
      listener();
    });
  };
  return {
    state: parts.vault.state,
    timers,
    turn,
    wait: (ms: number) => (now += ms),
    locked: () => locked,
  };
}

describe('locking when nobody looks', () => {
  it.each([
    { lockAfter: '2', awayMs: 2 * MINUTE_MS - 1, locks: 0 },
    { lockAfter: '2', awayMs: 2 * MINUTE_MS, locks: 1 },
    { lockAfter: '10', awayMs: 9 * MINUTE_MS, locks: 0 },
    { lockAfter: '0', awayMs: 0, locks: 1 },
    // Set back while nobody looked, the clock buys no time.
    { lockAfter: '10', awayMs: -1, locks: 1 },
  ] as const)('$lockAfter min, away $awayMs ms: $locks', ({ lockAfter, awayMs, locks }) => {
    const { turn, wait, locked } = hiddenPage(lockAfter);
    turn('hidden');
    wait(awayMs);
    turn('visible');
    expect(locked()).toBe(locks);
  });

  it('locks by its timer as well, and not once somebody looked again', () => {
    const { turn, timers, locked } = hiddenPage('2');
    turn('hidden');
    const [timer] = timers.values();
    expect(timer?.afterMs).toBe(2 * MINUTE_MS);
    timer?.run();
    expect(locked()).toBe(1);
    turn('visible');
    expect(timers.size).toBe(0);
  });

  it('leaves alone what is not open', () => {
    const { state, turn, wait, locked } = hiddenPage('2');
    state.value = { kind: 'handed-over' };
    turn('hidden');
    wait(60 * MINUTE_MS);
    turn('visible');
    expect(locked()).toBe(0);
  });
});

describe('removing everything', () => {
  const shelf = (entries: Readonly<Record<string, string>>) => {
    const kept = new Map(Object.entries(entries));
    return {
      kept,
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    };
  };
  /** Databases by name; deleting the one that is named fails. */
  const databases = (names: string[], failing?: string) => ({
    names,
    databases: async () => names.map((name) => ({ name, version: 1 })),
    deleteDatabase(name: string) {
      const request = { onsuccess: () => undefined, onerror: () => undefined, error: null };
      queueMicrotask(() => {
        if (name === failing) return request.onerror();
        names.splice(names.indexOf(name), 1);
        return request.onsuccess();
      });
      return request as unknown as IDBOpenDBRequest;
    },
  });
  const OURS = ['sikka-payer', 'sikka-payer-keys', 'sikka-drawer'];

  it('touches nothing unless that was said', async () => {
    const all = databases([...OURS]);
    await wipeIfMarked(shelf({}), all);
    expect(all.names).toEqual(OURS);
  });

  it('goes at the next start: ours, not others’, and settings stay', async () => {
    const kept = shelf({
      ...{ 'sikka.setting.language': 'ur', 'sikka.installation': 'abc' },
      'sikka.witness': 'sealed',
    });
    const all = databases([...OURS, 'other']);
    markToWipe(kept);
    await wipeIfMarked(kept, all);
    expect(all.names).toEqual(['other']);
    expect([...kept.kept]).toEqual([['sikka.setting.language', 'ur']]);
  });

  it('begins again where it was cut off', async () => {
    const kept = shelf({});
    const all = databases([...OURS], 'sikka-payer-keys');
    markToWipe(kept);
    await expect(wipeIfMarked(kept, all)).rejects.toThrow('not deleted');
    expect(all.names).toEqual(['sikka-payer-keys', 'sikka-drawer']);
    const rest = databases(all.names);
    await wipeIfMarked(kept, rest);
    expect(rest.names).toEqual([]);
  });
});
