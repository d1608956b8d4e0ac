import type { EventKind } from '@sikka/api';

/** Ids and amounts as the API writes them; no names. */
export type EventData = Readonly<Record<string, string | number | boolean>>;

export interface NewEvent {
  readonly accountId: bigint;
  readonly kind: EventKind;
  readonly data: EventData;
  readonly at: Date;
}

export interface StoredEvent {
  readonly seq: bigint;
  readonly kind: EventKind;
  readonly data: EventData;
  readonly at: Date;
}

/** As streams and webhooks carry it. */
export function wireEvent({ seq, kind, data, at }: StoredEvent): string {
  return JSON.stringify({ id: String(seq), kind, at: at.toISOString(), data });
}
