import { signal } from '@preact/signals';
import { expect, it } from 'vitest';
import { markHandOver } from '../../src/vault/hand-over.ts';
import { lockTogether } from '../../src/vault/tabs.ts';
import type { TabsParts } from '../../src/vault/tabs.ts';
import { mayReplace } from '../../src/vault/vault.ts';
import type { VaultState } from '../../src/vault/vault.ts';

type Kind = VaultState['kind'];

/** A tab as far as locking looks at it; what it was told is counted. */
function tab(kind: Kind) {
  const state = signal({ kind });
  const told = { locks: 0 };
  const lock = async () => {
    told.locks += 1;
    state.value = { kind: 'locked' };
  };
  const parts = { vault: { state, lock }, restart: () => undefined };
  lockTogether(parts as unknown as TabsParts);
  return { state, told };
}

it('handing over in one tab locks every other, and one that is locked looks anew', async () => {
  const mine = tab('open');
  const open = tab('open');
  const locked = tab('locked');
  const empty = tab('empty');
  mine.state.value = { kind: 'handed-over' };
  await expect.poll(() => open.state.value.kind).toBe('locked');
  await expect.poll(() => locked.told.locks).toBe(1);
  expect(mine.state.value.kind).toBe('handed-over');
  expect(empty.told.locks).toBe(0);
});

it('a helper’s phone is known by its mark at every start, until the PIN takes it away', () => {
  const kept = new Map<string, string>();
  const shelf = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  expect(markHandOver(shelf).isSet()).toBe(false);
  markHandOver(shelf).set();
  expect(markHandOver(shelf).isSet()).toBe(true);
  markHandOver(shelf).clear();
  expect(markHandOver(shelf).isSet()).toBe(false);
});

it.each([
  ['reading', false],
  ['empty', true],
  ['locked', true],
  ['open', false],
  ['handed-over', false],
] as const)('a page whose vault is %s may be loaded anew: %s', (kind, may) => {
  expect(mayReplace({ kind } as VaultState)).toBe(may);
});
