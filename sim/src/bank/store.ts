import { createMemoryBank } from './memory-bank.ts';
import type { SimBank, SimBankParts } from './port.ts';
import { openPostgresStore } from './postgres-server.ts';

/** On what the banks of worlds keep their books. */
export const STORES = ['memory', 'postgres'] as const;

export type StoreName = (typeof STORES)[number];

export interface Store {
  /** A bank for one world, with nothing in it. */
  openBank(parts: SimBankParts): Promise<SimBank>;
  /** Once all of its banks are stopped. */
  close(): Promise<void>;
}

export function openStore(name: StoreName): Promise<Store> {
  if (name === 'postgres') return openPostgresStore();
  return Promise.resolve({ openBank: createMemoryBank, close: async () => undefined });
}
