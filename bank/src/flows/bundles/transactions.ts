import type { DeviceTransaction, OpenedCarrier } from '@sikka/protocol';

/** One transaction of a bundle, as the bank knows it. */
export interface BundledTransaction {
  /** Place in the bundle, from 0. */
  readonly ordinal: number;
  readonly said: DeviceTransaction;
  /** Of the till and its own number: a name. */
  readonly ownId: Uint8Array;
  /** SHA-256 of what it says. */
  readonly content: Uint8Array;
  /** Undefined for what is no time. */
  readonly initiatedAt: Date | undefined;
  /** How the customer was there; `wallet` where nothing is said. */
  readonly method: string;
}

export function transactionsOf({ transactions }: OpenedCarrier): BundledTransaction[] {
  return transactions.map(({ transaction: said, documentId: ownId, content }, ordinal) => ({
    ordinal,
    said,
    ownId,
    content,
    initiatedAt: timeOf(said.initiatedAt),
    method: methodOf(said.meta),
  }));
}

const TIME =
  /^([12]\d{3}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** ISO 8601; without a zone it is UTC. Undefined for what is no such time. */
export function timeOf(text: string): Date | undefined {
  const parts = TIME.exec(text);
  if (parts === null) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = parts;
  const colon = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const at = new Date(`${day}T${time}${colon}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** The UTC day, as a counter's row names it. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function methodOf(meta: string | undefined): string {
  if (meta === undefined) return 'wallet';
  // It was read as an object by the bundle's reader.
  const { method } = JSON.parse(meta) as { readonly method?: unknown };
  if (method === undefined || method === null) return 'wallet';
  return typeof method === 'string' ? method : '';
}
