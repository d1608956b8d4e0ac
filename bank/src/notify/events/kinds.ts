/** What can be told. The same list stands in the API's table and in the database. */
export const EVENT_KINDS = [
  /** A payment of this account's has moved money. */
  'payment.settled',
  /** This account was paid. */
  'payment.received',
  /** A payment that this account handed in was refused. */
  'payment.rejected',
  'balance.changed',
  /** The account was blocked, released or closed. */
  'review.changed',
  /** A wallet was made, topped up, given a key, switched on or off: look at it again. */
  'wallet.changed',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

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
