import type { PublishedIssuerKey, Role } from '@sikka/protocol';

/** What one packet handed in came to (spec/settlement.md §1). */
export interface HandedInOutcome {
  /** Of the payment, refund or return. */
  readonly documentId: Uint8Array;
  readonly result: 'settled' | 'recorded' | 'rejected' | 'pending';
  readonly code: string | undefined;
  readonly proofId: Uint8Array | undefined;
  /** A second payment of one request: a refund is due. */
  readonly extra: boolean;
}

/** Everything that can happen to a wallet. Packets are the exact bytes made or received. */
export type JournalEvent =
  | { readonly type: 'created'; readonly nonce: Uint8Array }
  | { readonly type: 'enrolment-sent'; readonly role: Role; readonly packet: Uint8Array }
  | {
      readonly type: 'enrolled';
      readonly till: number;
      /** Absent for a device that only pays. */
      readonly credential: Uint8Array | undefined;
      readonly issuerKeys: readonly PublishedIssuerKey[];
    }
  | {
      readonly type: 'allowance-requested';
      readonly nonce: Uint8Array;
      readonly packet: Uint8Array;
    }
  | { readonly type: 'allowance-refused'; readonly nonce: Uint8Array }
  | { readonly type: 'allowance-received'; readonly packet: Uint8Array }
  | {
      readonly type: 'paid';
      /** The payment in the clear: what is handed in. */
      readonly packet: Uint8Array;
      /** The same, sealed: what is shown, always these bytes. */
      readonly shown: Uint8Array;
      /** The request or printed code it pays. */
      readonly request: Uint8Array;
    }
  | { readonly type: 'receipt-received'; readonly packet: Uint8Array }
  | { readonly type: 'returned'; readonly packet: Uint8Array }
  | { readonly type: 'request-created'; readonly packet: Uint8Array }
  | { readonly type: 'requests-expired'; readonly requestIds: readonly Uint8Array[] }
  | { readonly type: 'code-printed'; readonly packet: Uint8Array }
  | {
      readonly type: 'accepted';
      readonly packet: Uint8Array;
      /** SHA-256 of the bytes shown: known again after the request's key is gone. */
      readonly shownHash: Uint8Array;
      /** The receipt given for it: the same at every later showing. */
      readonly receipt: Uint8Array;
    }
  | { readonly type: 'refunded'; readonly packet: Uint8Array }
  | { readonly type: 'contradicted'; readonly packet: Uint8Array }
  | {
      readonly type: 'handed-in';
      readonly uploadReceipt: Uint8Array;
      readonly outcomes: readonly HandedInOutcome[];
    }
  | {
      readonly type: 'rolled-back';
      readonly allowanceId: Uint8Array;
      /** The bank's head, which this journal has not. */
      readonly sequence: number;
      readonly paymentId: Uint8Array;
    }
  | { readonly type: 'withheld'; readonly paymentId: Uint8Array }
  /** A place beside the journal knows an entry that this journal has not. */
  | { readonly type: 'behind-witness' };

/** An event and when the phone's clock said it happened, in seconds. */
export interface JournalEntry {
  readonly at: number;
  readonly event: JournalEvent;
}
