import { createMemoryBank } from './memory-bank.ts';
import type { SimBank, SimBankParts } from './port.ts';

/** On what the banks of worlds keep their books. */
export const STORES = ['memory', 'postgres'] as const;

export type StoreName = (typeof STORES)[number];

export interface Store {
  /** A bank for one world, with nothing in it. */
  openBank(parts: SimBankParts): Promise<SimBank>;
  /** Once all of its banks are stopped. */
  close(): Promise<void>;
}

export async function openStore(name: StoreName): Promise<Store> {
  if (name === 'memory') return { openBank: createMemoryBank, close: async () => undefined };
  // The whole bank is read only where it is asked for: a run in memory starts without it.
  const { openPostgresStore } = await import('./postgres-server.ts');
  return openPostgresStore();
}
