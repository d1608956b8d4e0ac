import { effect } from '@preact/signals';
import type { Vault } from './vault.ts';

/** What happens to the vault in one tab happens in all. */
export interface Tabs {
  lock(): void;
  /** Loads the app anew, here last. */
  restart(): void;
}

export interface TabsParts {
  readonly vault: Pick<Vault, 'state' | 'lock'>;
  readonly restart: () => void;
}

const CHANNEL = 'sikka-vault';

export function lockTogether({ vault, restart }: TabsParts): Tabs {
  const channel = new BroadcastChannel(CHANNEL);
  const lockHere = () => {
    const { kind } = vault.state.value;
    // One that is locked looks anew: a helper may have the phone since.
    if (kind !== 'reading' && kind !== 'empty') void vault.lock();
  };
  channel.addEventListener('message', ({ data }) => {
    if (data === 'lock') lockHere();
    if (data === 'restart') restart();
  });
  // A helper has one tab; in the others the payer's keys would still be open.
  effect(() => {
    if (vault.state.value.kind === 'handed-over') channel.postMessage('lock');
  });
  return {
    lock() {
      channel.postMessage('lock');
      lockHere();
    },
    restart() {
      channel.postMessage('restart');
      restart();
    },
  };
}
