import type { TillSide } from '@sikka/wallet/nearby';

export interface Offer {
  /** Advertised; on the till's screen too. */
  readonly name: string;
  /** Answers what centrals do. */
  readonly side: TillSide;
}

/** What is on the air, until it is closed. */
export interface OnAir {
  close(): Promise<void>;
}

/**
 * A Bluetooth LE radio as a peripheral. It offers the service of spec/bluetooth.md §1 and hands
 * every read, write and end of a connection to the side, one central under one name.
 */
export interface Radio {
  open(offer: Offer): Promise<OnAir>;
}
