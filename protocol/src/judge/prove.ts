import { equalBytes } from '../bytes.ts';
import { verifyDocument } from '../documents/sign.ts';
import type { Allowance, Payment, Return, Signed } from '../documents/types.ts';
import { failure, ProtocolError, success } from '../errors.ts';
import type { Failure, Result } from '../errors.ts';
import { decodePacketOfKind } from '../packets/decode.ts';
import { PaymentPacket, ReturnPacket } from '../packets/types.ts';
import { proveIssuedOnce } from './issuer.ts';
import type { IssuedCache, Trust } from './issuer.ts';
import { VerifiedPayment, VerifiedReturn } from './verified.ts';

/** What rules 1 to 3 need (spec/judge.md §2). */
export interface ProveOptions extends Trust {
  /** The bank's own ledger of reservations; absent for everybody else. */
  readonly isKnownAllowance?: (allowanceId: Uint8Array) => boolean | Promise<boolean>;
  /** Allowances proved before, so that the bank's signature on each is verified once. */
  readonly allowances?: IssuedCache;
}

/**
 * Rules 1 to 3 on one payment: bytes, the bank's signature, the payer's (spec/judge.md §2). The
 * answer says nothing about the payment's id when it refuses: forging takes nobody's place.
 */
export async function provePayment(
  payment: Uint8Array | PaymentPacket,
  options: ProveOptions,
): Promise<Result<VerifiedPayment>> {
  const decoded = readPayment(payment);
  if (!decoded.ok) return decoded;
  const packet = decoded.value;
  const refused =
    (await refuseAllowance(packet.allowance, packet.allowanceId, options)) ??
    (await refusePayer(packet, packet.payment, options));
  return refused ?? success(new VerifiedPayment(packet, 'signature'));
}

/**
 * Rules 1 to 3 on a Return, and that it is of the journal which the allowance names: one that is
 * not is evidence of nothing (`return_conflict`, spec/judge.md §3).
 */
export async function proveReturn(
  returned: Uint8Array | ReturnPacket,
  options: ProveOptions,
): Promise<Result<VerifiedReturn>> {
  const decoded = readReturn(returned);
  if (!decoded.ok) return decoded;
  const packet = decoded.value;
  const refused =
    (await refuseAllowance(packet.allowance, packet.allowanceId, options)) ??
    (await refusePayer(packet, packet.return, options)) ??
    refuseJournal(packet.allowance.fields, packet.return.fields);
  return refused ?? success(new VerifiedReturn(packet));
}

/** Rule 1, for bytes or for what decoding made of them. */
export function readPayment(payment: Uint8Array | PaymentPacket): Result<PaymentPacket> {
  if (payment instanceof Uint8Array) return decodePacketOfKind('payment', payment);
  if (PaymentPacket.isDecoded(payment)) return success(payment);
  throw new ProtocolError('malformed', 'a copy of a payment packet proves nothing');
}

function readReturn(returned: Uint8Array | ReturnPacket): Result<ReturnPacket> {
  if (returned instanceof Uint8Array) return decodePacketOfKind('return', returned);
  if (ReturnPacket.isDecoded(returned)) return success(returned);
  throw new ProtocolError('malformed', 'a copy of a return packet proves nothing');
}

/** Rule 2. Undefined where the allowance is good. */
export async function refuseAllowance(
  allowance: Signed<Allowance>,
  allowanceId: Uint8Array,
  { allowances, isKnownAllowance, ...trust }: ProveOptions,
): Promise<Failure | undefined> {
  const issued = await proveIssuedOnce(allowance, allowanceId, { ...trust, issued: allowances });
  if (!issued.ok) return issued;
  if (isKnownAllowance === undefined || (await isKnownAllowance(allowanceId))) return undefined;
  return failure('allowance_unknown', 'not in the ledger of reservations');
}

/** Undefined where the Return is of the allowance's own journal. */
export function refuseJournal(allowance: Allowance, returned: Return): Failure | undefined {
  if (equalBytes(allowance.journalNonce, returned.journalNonce)) return undefined;
  return failure('return_conflict', 'a Return of another journal than the allowance names');
}

interface UnderAllowance {
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
}

/** Rule 3: the key and suite are the allowance's, whatever stands beside the signature. */
export async function refusePayer(
  { allowance, allowanceId }: UnderAllowance,
  document: Signed<Payment | Return>,
  { verifier }: Pick<Trust, 'verifier'>,
): Promise<Failure | undefined> {
  if (await verifyDocument(document, allowance.fields, verifier, allowanceId)) return undefined;
  return failure('payer_signature_invalid', `${document.fields.type} under its allowance's key`);
}
