import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useCounter } from '../../app-context.ts';
import type { Drawer } from '../../vault/drawer.ts';
import type { Till } from '../../wallet/money.ts';
import { notesOf } from './sale.ts';

/** The till that is open; undefined where this phone is none. */
export function useTill(): Till | undefined {
  return useCounter().till.value;
}

/** Where notes are kept; for screens of an open till. */
export function useDrawer(): Drawer | undefined {
  const state = useApp().vault.state.value;
  return 'drawer' in state ? state.drawer : undefined;
}

/** What was sold, by request. */
export function useNotes(): ReadonlyMap<string, string> {
  const drawer = useDrawer();
  const notes = useSignal<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const read = async () => {
      if (drawer !== undefined) notes.value = await notesOf(drawer);
    };
    void read();
  }, [drawer, notes]);
  return notes.value;
}
