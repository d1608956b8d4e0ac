import type {
  Allowance,
  AllowanceRequest,
  Bulletin,
  Checkpoint,
  Credential,
  Enrolment,
  Payment,
  PaymentRequest,
  Receipt,
  Refund,
  Return,
  SettlementReceipt,
  Signed,
  UploadReceipt,
} from '../documents/types.ts';

/** Documents that stand alone in a packet (spec/packets.md §1, kind 9). */
export type LoneDocument =
  Enrolment | Credential | AllowanceRequest | Allowance | UploadReceipt | Bulletin | Checkpoint;

/**
 * What goes into each kind of packet (spec/packets.md §1). Whatever is decoded can be encoded
 * again: ids and bytes are then left out.
 */
export interface PacketContents {
  readonly request: {
    readonly kind: 'request';
    readonly credential: Signed<Credential>;
    readonly request: Signed<PaymentRequest>;
  };
  readonly payment: {
    readonly kind: 'payment';
    readonly allowance: Signed<Allowance>;
    readonly payment: Signed<Payment>;
  };
  readonly sealed: {
    readonly kind: 'sealed';
    /** The encapsulated key of HPKE, 65 bytes. */
    readonly enc: Uint8Array;
    readonly ciphertext: Uint8Array;
  };
  readonly receipt: {
    readonly kind: 'receipt';
    readonly credential: Signed<Credential>;
    readonly receipt: Signed<Receipt>;
  };
  readonly refund: {
    readonly kind: 'refund';
    readonly credential: Signed<Credential>;
    readonly refund: Signed<Refund>;
  };
  readonly return: {
    readonly kind: 'return';
    readonly allowance: Signed<Allowance>;
    readonly return: Signed<Return>;
  };
  readonly proof: {
    readonly kind: 'proof';
    readonly allowance: Signed<Allowance>;
    readonly first: { readonly document: Signed<Payment | Return> };
    readonly second: { readonly document: Signed<Payment | Return> };
  };
  readonly 'printed-code': {
    readonly kind: 'printed-code';
    readonly credential: Signed<Credential>;
  };
  readonly document: {
    readonly kind: 'document';
    readonly document: Signed<LoneDocument>;
  };
  readonly settlement: {
    readonly kind: 'settlement';
    readonly receipt: Signed<SettlementReceipt>;
    readonly checkpoint: Signed<Checkpoint>;
    /** From the leaf's sibling to the root's child (RFC 9162 §2.1.3). */
    readonly path: readonly Uint8Array[];
  };
  readonly frame: {
    readonly kind: 'frame';
    /** The first 8 bytes of SHA-256 of the whole message. */
    readonly digest: Uint8Array;
    readonly length: number;
    readonly k: number;
    readonly number: number;
    readonly data: Uint8Array;
  };
}

export type PacketKind = keyof PacketContents;
export type PacketContent = PacketContents[PacketKind];

/** The exact bytes that were decoded: what is kept, and verified again from. */
export interface Received {
  readonly bytes: Uint8Array;
}

export interface RequestPacket extends Received {
  readonly kind: 'request';
  readonly credential: Signed<Credential>;
  readonly credentialId: Uint8Array;
  readonly request: Signed<PaymentRequest>;
  readonly requestId: Uint8Array;
}

export interface ReceiptPacket extends Received {
  readonly kind: 'receipt';
  readonly credential: Signed<Credential>;
  readonly credentialId: Uint8Array;
  readonly receipt: Signed<Receipt>;
  readonly receiptId: Uint8Array;
}

export interface RefundPacket extends Received {
  readonly kind: 'refund';
  readonly credential: Signed<Credential>;
  readonly credentialId: Uint8Array;
  readonly refund: Signed<Refund>;
  readonly refundId: Uint8Array;
}

export interface ProofPacket extends Received {
  readonly kind: 'proof';
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  readonly first: Identified<Payment | Return>;
  readonly second: Identified<Payment | Return>;
}

export interface Identified<T extends Payment | Return> {
  readonly document: Signed<T>;
  readonly id: Uint8Array;
}

export interface PrintedCodePacket extends Received {
  readonly kind: 'printed-code';
  readonly credential: Signed<Credential>;
  readonly credentialId: Uint8Array;
}

export interface DocumentPacket extends Received {
  readonly kind: 'document';
  readonly document: Signed<LoneDocument>;
  readonly id: Uint8Array;
}

export interface SettlementPacket extends Received {
  readonly kind: 'settlement';
  readonly receipt: Signed<SettlementReceipt>;
  readonly receiptId: Uint8Array;
  readonly checkpoint: Signed<Checkpoint>;
  readonly checkpointId: Uint8Array;
  readonly path: readonly Uint8Array[];
}

export type SealedPacket = PacketContents['sealed'] & Received;
export type FramePacket = PacketContents['frame'] & Received;

interface PaymentParts extends Received {
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  readonly payment: Signed<Payment>;
  readonly paymentId: Uint8Array;
}

/**
 * A payment beside its allowance. A class, so that a copy with other fields is not one: what is
 * proved of the bytes is then true of the fields. Made by decoding only; proved by `provePayment`.
 */
export class PaymentPacket implements Received {
  readonly kind = 'payment';
  readonly #decoded = true;
  readonly bytes: Uint8Array;
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  readonly payment: Signed<Payment>;
  readonly paymentId: Uint8Array;

  constructor({ bytes, allowance, allowanceId, payment, paymentId }: PaymentParts) {
    this.bytes = bytes;
    this.allowance = allowance;
    this.allowanceId = allowanceId;
    this.payment = payment;
    this.paymentId = paymentId;
  }

  /** False for a copy. */
  static isDecoded(packet: PaymentPacket): boolean {
    return #decoded in packet && packet.#decoded;
  }
}

interface ReturnParts extends Received {
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  readonly return: Signed<Return>;
  readonly returnId: Uint8Array;
}

/** A Return beside its allowance; a class for the reason of {@link PaymentPacket}. */
export class ReturnPacket implements Received {
  readonly kind = 'return';
  readonly #decoded = true;
  readonly bytes: Uint8Array;
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  readonly return: Signed<Return>;
  readonly returnId: Uint8Array;

  constructor(parts: ReturnParts) {
    this.bytes = parts.bytes;
    this.allowance = parts.allowance;
    this.allowanceId = parts.allowanceId;
    this.return = parts.return;
    this.returnId = parts.returnId;
  }

  /** False for a copy. */
  static isDecoded(packet: ReturnPacket): boolean {
    return #decoded in packet && packet.#decoded;
  }
}

/** Every packet by its kind, decoded: documents with their ids, computed once. */
export interface PacketsByKind {
  readonly request: RequestPacket;
  readonly payment: PaymentPacket;
  readonly sealed: SealedPacket;
  readonly receipt: ReceiptPacket;
  readonly refund: RefundPacket;
  readonly return: ReturnPacket;
  readonly proof: ProofPacket;
  readonly 'printed-code': PrintedCodePacket;
  readonly document: DocumentPacket;
  readonly settlement: SettlementPacket;
  readonly frame: FramePacket;
}

export type Packet = PacketsByKind[PacketKind];
