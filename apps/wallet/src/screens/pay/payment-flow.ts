import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { NearbyParts } from '@sikka/wallet/nearby';
import type { AskedPayment, Incoming } from '@sikka/wallet/payer';
import type { Money } from '../../wallet/money.ts';

/** What is about to be paid; in memory only, so that nothing of it stays when it is left. */
export interface Draft {
  /** As it was scanned. */
  readonly given: Incoming;
  readonly asked: AskedPayment;
  /** Undefined until the payer has chosen it. */
  readonly amountMinor: bigint | undefined;
}

/** The till that asked over Bluetooth, and what it gave. */
export interface Nearby {
  readonly connect: NearbyParts['connect'];
  readonly request: Uint8Array;
}

/** One payment is under way at most; a reload leads home. */
interface Flow {
  readonly draft: Signal<Draft | undefined>;
  /** Where the payment is handed over; undefined where a code is shown. */
  readonly nearby: Signal<Nearby | undefined>;
  /** A wallet's number out of a code that proves nothing: to be paid online. */
  readonly number: Signal<number | undefined>;
}

const flows = new WeakMap<Money, Flow>();

/** The flow of this money: gone when the vault is locked. */
export function flowOf(money: Money): Flow {
  const flow = flows.get(money) ?? {
    draft: signal<Draft | undefined>(undefined),
    nearby: signal<Nearby | undefined>(undefined),
    number: signal<number | undefined>(undefined),
  };
  flows.set(money, flow);
  return flow;
}

/** Where a payment goes that was just made, or made before for the same request. */
export function placeToGive(money: Money): 'payNearby' | 'payCode' {
  return flowOf(money).nearby.value === undefined ? 'payCode' : 'payNearby';
}
