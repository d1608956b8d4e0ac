import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { Drawer } from '../../vault/drawer.ts';
import type { Counter } from '../../wallet/money.ts';
import type { Judged } from './judged.ts';

/** The sale at this till; in memory, and gone when the phone is locked or handed over. */
interface Sale {
  /** Whole units, as typed. */
  readonly digits: Signal<string>;
  readonly note: Signal<string>;
  /** What the last payment that was scanned came to. */
  readonly judged: Signal<Judged | undefined>;
}

const sales = new WeakMap<Counter, Sale>();

export function saleOf(counter: Counter): Sale {
  const sale = sales.get(counter) ?? {
    digits: signal(''),
    note: signal(''),
    judged: signal<Judged | undefined>(undefined),
  };
  sales.set(counter, sale);
  return sale;
}

/** Newest are kept: what was sold matters for some days. */
const KEPT_NOTES = 400;
/** As long as a line on the till's display. */
export const MAX_NOTE = 60;

type Notes = readonly (readonly [requestId: string, note: string])[];

/** What was sold, by the request that asked for it; sealed, because it says what people buy. */
export async function notesOf(drawer: Drawer): Promise<ReadonlyMap<string, string>> {
  return new Map(await drawer.get<Notes>('till'));
}

export async function keepNote(drawer: Drawer, requestId: string, note: string): Promise<void> {
  if (note === '') return;
  const notes = [...(await notesOf(drawer)), [requestId, note.slice(0, MAX_NOTE)]] as Notes;
  await drawer.put('till', notes.slice(-KEPT_NOTES));
}
