import { describe, expect, it } from 'vitest';
import { backupCodes, fitsCodes } from '../src/screens/phone/backup-codes.ts';
import { watchEviction } from '../src/vault/eviction.ts';
import type { Drawer } from '../src/vault/drawer.ts';
import { witnessPlaces } from '../src/wallet/witness-places.ts';
import { payerJournal, startNewJournal } from '../src/wallet/payer-journal.ts';

/** A drawer in memory, as the real one seen from outside. */
function openTestDrawer(): Drawer {
  const kept = new Map<string, string>();
  return {
    get: async <T>(name: string) => {
      const value = kept.get(name);
      return value === undefined ? undefined : (JSON.parse(value) as T);
    },
    put: async (name, value) => void kept.set(name, JSON.stringify(value)),
    remove: async (name) => void kept.delete(name),
  };
}

describe('starting anew', () => {
  it('gives each journal a name of its own, the first one the old name', async () => {
    const drawer = openTestDrawer();
    const names = [await payerJournal(drawer)];
    for (let times = 0; times < 2; times++) {
      await startNewJournal(drawer);
      names.push(await payerJournal(drawer));
    }
    expect(names).toEqual(['sikka-payer', 'sikka-payer-2', 'sikka-payer-3']);
  });
});

describe('the places of the journal’s witness', () => {
  const value = Uint8Array.of(1, 2, 3);
  const broken = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };

  it('keep one each, apart from the journal', async () => {
    const kept = new Map<string, string>();
    const shelf = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
    };
    const drawer = openTestDrawer();
    for (const place of witnessPlaces({ drawer, shelf })) await place.write(value);
    expect(await drawer.get('witness')).toBe('AQID');
    expect([...kept]).toEqual([['sikka.witness', 'AQID']]);
    for (const place of witnessPlaces({ drawer, shelf })) expect(await place.read()).toEqual(value);
  });

  it('stop nobody where they are full, shut or hold something else', async () => {
    const drawer = { get: async () => broken(), put: async () => broken(), remove: async () => {} };
    const shut = witnessPlaces({ drawer, shelf: { getItem: broken, setItem: broken } });
    const strange = witnessPlaces({
      drawer: { ...drawer, get: async () => 7 as never },
      shelf: { getItem: () => '%', setItem: broken },
    });
    for (const place of [...shut, ...strange]) {
      await place.write(value);
      expect(await place.read()).toBeUndefined();
    }
  });
});

describe('a vault that was cleared away', () => {
  const shelf = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
  };

  it('is told from one that never was, and from one that somebody wanted gone', () => {
    const watch = watchEviction(shelf());
    expect(watch.wasHere()).toBe(false);
    watch.seen();
    expect(watch.wasHere()).toBe(true);
    watch.forget();
    expect(watch.wasHere()).toBe(false);
  });
});

describe('a backup as codes', () => {
  it.each([1, 777, 7_200, 24_000, 51_200])(
    'of %i bytes is shown in codes that a cheap camera reads',
    (length) => {
      const backup = Uint8Array.from({ length }, (_, at) => (at * 31) % 251);
      expect(fitsCodes(backup)).toBe(true);
      const codes = backupCodes(backup);
      expect(codes.length).toBeLessThanOrEqual(144);
      // Small enough for a cheap camera: version 16 has 81 modules.
      expect(Math.max(...codes.map(({ size }) => size))).toBeLessThanOrEqual(81);
    },
  );

  it('is left to the file where it is longer than frames hold', () => {
    expect(fitsCodes(new Uint8Array(51_201))).toBe(false);
  });
});
