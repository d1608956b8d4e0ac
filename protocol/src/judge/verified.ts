import type { Allowance, Payment, Return } from '../documents/types.ts';
import type { PaymentPacket, ReturnPacket } from '../packets/types.ts';

/** Its own signature, or that of a later payment which names it (spec/evidence.md §2). */
export type ProvedBy = 'signature' | 'chain';

/**
 * A payment whose signatures are valid: the payer's device key signed it, under an allowance that
 * the bank signed. Whether it is acceptable is another question. Made by proving only: a copy with
 * other fields is not one.
 */
export class VerifiedPayment {
  readonly #packet: PaymentPacket;
  readonly provedBy: ProvedBy;

  /** Called by this package's proofs; its door exports the type alone. */
  constructor(packet: PaymentPacket, provedBy: ProvedBy) {
    this.#packet = packet;
    this.provedBy = provedBy;
  }

  /** The exact bytes that were proved. */
  get bytes(): Uint8Array {
    return this.#packet.bytes;
  }

  get packet(): PaymentPacket {
    return this.#packet;
  }

  get allowance(): Allowance {
    return this.#packet.allowance.fields;
  }

  get allowanceId(): Uint8Array {
    return this.#packet.allowanceId;
  }

  get payment(): Payment {
    return this.#packet.payment.fields;
  }

  get paymentId(): Uint8Array {
    return this.#packet.paymentId;
  }
}

/** A Return whose signatures are valid. Made by proving only. */
export class VerifiedReturn {
  readonly #packet: ReturnPacket;

  /** Called by this package's proofs; its door exports the type alone. */
  constructor(packet: ReturnPacket) {
    this.#packet = packet;
  }

  /** The exact bytes that were proved. */
  get bytes(): Uint8Array {
    return this.#packet.bytes;
  }

  get packet(): ReturnPacket {
    return this.#packet;
  }

  get allowance(): Allowance {
    return this.#packet.allowance.fields;
  }

  get allowanceId(): Uint8Array {
    return this.#packet.allowanceId;
  }

  get return(): Return {
    return this.#packet.return.fields;
  }

  get returnId(): Uint8Array {
    return this.#packet.returnId;
  }
}
