import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { askToPersist, readPersistence } from '../../platform/persistence.ts';
import type { Persistence } from '../../platform/persistence.ts';

/** Whether the phone keeps what is here when it runs full. */
export function useKept(): { readonly state: Persistence | undefined; readonly ask: () => void } {
  const state = useSignal<Persistence | undefined>(undefined);
  useEffect(() => {
    void readPersistence().then((read) => (state.value = read));
  }, [state]);
  return {
    state: state.value,
    ask: () => void askToPersist().then((answer) => (state.value = answer)),
  };
}
