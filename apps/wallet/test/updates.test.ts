import { signal } from '@preact/signals';
import { expect, it } from 'vitest';
import { replaceWhen } from '../src/platform/service-worker-registration.ts';

it('a newer app waits for the lock where somebody is paying', () => {
  const mayReplace = signal(true);
  let reloads = 0;
  const replace = replaceWhen(mayReplace, () => void (reloads += 1));
  // Locking and unlocking alone load nothing anew.
  mayReplace.value = false;
  replace();
  expect(reloads).toBe(0);
  mayReplace.value = true;
  expect(reloads).toBe(1);
});

it('a newer app is there at once where nobody pays', () => {
  let reloads = 0;
  replaceWhen(signal(true), () => void (reloads += 1))();
  expect(reloads).toBe(1);
});
