import { equalBytes } from '../bytes.ts';
import { verifyDocument } from '../documents/sign.ts';
import { DOCUMENT_VERSION } from '../documents/payload.ts';
import type { Allowance, Bulletin } from '../documents/types.ts';
import { failure, success } from '../errors.ts';
import type { ProtocolCode, Result } from '../errors.ts';
import { decodePacket } from '../packets/decode.ts';
import type {
  Packet,
  PrintedCodePacket,
  ReceiptPacket,
  RefundPacket,
  RequestPacket,
} from '../packets/types.ts';
import { keyHash } from '../suites/key-formats.ts';
import { targetOf } from './context.ts';
import type { Target } from './context.ts';
import { proveIssuedOnce } from './issuer.ts';
import type { IssuedCache, Trust } from './issuer.ts';
import { EARLY_SECONDS, isListed } from './rules.ts';

/** Packets that a payee's credential begins. */
export type PayeePacket = RequestPacket | ReceiptPacket | RefundPacket | PrintedCodePacket;

const PAYEE_KINDS: readonly Packet['kind'][] = ['request', 'receipt', 'refund', 'printed-code'];

export interface ProvePayeeOptions extends Trust {
  /** Credentials proved before. */
  readonly credentials?: IssuedCache;
}

/**
 * Rules 1 to 3 on what a payee shows: bytes, the bank's signature on the credential, and the
 * payee's on the document under it (`payee_signature_invalid`). A kind without credential is
 * `malformed`.
 */
export async function provePayeePacket(
  bytes: Uint8Array,
  { credentials, ...trust }: ProvePayeeOptions,
): Promise<Result<PayeePacket>> {
  const decoded = decodePacket(bytes);
  if (!decoded.ok) return decoded;
  const packet = decoded.value;
  if (!isPayeePacket(packet)) return failure('malformed', `a ${packet.kind} packet`);
  const { credential, credentialId } = packet;
  const issued = await proveIssuedOnce(credential, credentialId, { ...trust, issued: credentials });
  if (!issued.ok) return issued;
  if (packet.kind === 'printed-code') return success(packet);
  const document = signedByPayee(packet);
  if (await verifyDocument(document, credential.fields, trust.verifier, credentialId)) {
    return success(packet);
  }
  return failure('payee_signature_invalid', `${packet.kind} under its credential's key`);
}

function isPayeePacket(packet: Packet): packet is PayeePacket {
  return PAYEE_KINDS.includes(packet.kind);
}

function signedByPayee(packet: RequestPacket | ReceiptPacket | RefundPacket) {
  switch (packet.kind) {
    case 'request':
      return packet.request;
    case 'receipt':
      return packet.receipt;
    case 'refund':
      return packet.refund;
  }
}

/** What the paying wallet knows when it looks at a request or a printed code. */
export interface TargetContext extends ProvePayeeOptions {
  /** The best bank time known, in seconds. */
  readonly bankTime: number;
  readonly bulletin?: Bulletin | undefined;
  /** The highest version this software supports; this package's by default. */
  readonly supportedVersion?: number;
  /** The allowance it means to pay with, where there is one. */
  readonly allowance?: Allowance | undefined;
  /** The payment already made for a request; a printed code is paid many times. */
  readonly paidBy?: (requestId: Uint8Array) => Uint8Array | undefined;
}

export interface JudgedTarget {
  readonly packet: RequestPacket | PrintedCodePacket;
  readonly target: Target;
}

/**
 * Rules 2 and 7 to 10 on the request or printed code that a payer is about to pay
 * (spec/judge.md §2), before anything is asked or signed.
 */
export async function judgeTarget(
  bytes: Uint8Array,
  context: TargetContext,
): Promise<Result<JudgedTarget>> {
  const proved = await provePayeePacket(bytes, context);
  if (!proved.ok) return proved;
  const packet = proved.value;
  if (packet.kind !== 'request' && packet.kind !== 'printed-code') {
    return failure('malformed', `nothing to pay in a ${packet.kind} packet`);
  }
  const target = targetOf(packet);
  const code = refuseTarget(packet, target, context);
  return code === undefined ? success({ packet, target }) : failure(code, `${packet.kind}`);
}

/** The rows of spec/judge.md §2 that concern a credential or a request, in their order. */
function refuseTarget(
  { kind, credential: { fields: credential }, credentialId }: RequestPacket | PrintedCodePacket,
  target: Target,
  context: TargetContext,
): ProtocolCode | undefined {
  const { bankTime, bulletin, supportedVersion = DOCUMENT_VERSION, allowance } = context;
  const isRequest = kind === 'request';
  if (isRequest && credential.mode !== 'dynamic') return 'wrong_mode';
  if (target.until !== undefined && target.until < bankTime) return 'request_expired';
  if (isRequest && context.paidBy?.(target.bind) !== undefined) return 'request_already_paid';
  const currency = allowance?.currency ?? credential.currency;
  if (target.currency !== credential.currency || currency !== credential.currency) {
    return 'wrong_currency';
  }
  if (bankTime + EARLY_SECONDS < credential.from) return 'not_yet_valid';
  if (bankTime > credential.until) return 'expired';
  const needed = Math.max(credential.minVersion, bulletin?.minVersion ?? 0);
  if (needed > supportedVersion) return 'version_too_low';
  const device = keyHash(credential.suite, credential.publicKey);
  if (isListed(bulletin?.revokedDevices, device)) return 'device_revoked';
  return isListed(bulletin?.revokedCredentials, credentialId) ? 'credential_revoked' : undefined;
}

/** The payment that a receipt has to be of. */
export interface PaidFor {
  readonly paymentId: Uint8Array;
  readonly amountMinor: bigint;
  readonly payeeWallet: number;
}

/**
 * Whether a receipt counts for a payment (spec/judge.md §5): signed under a credential of the
 * payee's wallet, for this payment and amount. It does not say settled.
 */
export async function judgeReceipt(
  bytes: Uint8Array,
  paid: PaidFor,
  options: ProvePayeeOptions,
): Promise<Result<ReceiptPacket>> {
  const proved = await provePayeePacket(bytes, options);
  if (!proved.ok) return proved;
  const packet = proved.value;
  if (packet.kind !== 'receipt')
    return failure('malformed', `no receipt in a ${packet.kind} packet`);
  const { paymentId, amountMinor } = packet.receipt.fields;
  if (packet.credential.fields.wallet !== paid.payeeWallet) {
    return failure('wrong_payee', "a receipt of another payee's wallet");
  }
  if (!equalBytes(paymentId, paid.paymentId)) return failure('wrong_bind', 'of another payment');
  if (amountMinor !== paid.amountMinor) return failure('wrong_amount', 'over another amount');
  return success(packet);
}
