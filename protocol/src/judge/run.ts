import { equalBytes } from '../bytes.ts';
import { ProtocolError, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import type { PaymentPacket } from '../packets/types.ts';
import { createIssuedCache } from './issuer.ts';
import { readPayment, refuseAllowance, refusePayer } from './prove.ts';
import type { ProveOptions } from './prove.ts';
import { VerifiedPayment } from './verified.ts';

/**
 * Proves payments of one allowance, given in the order of their sequences. One valid signature
 * vouches for the unbroken run before it, because each payment names the one before; so a run
 * costs one verification (spec/evidence.md §2). Answers for each, in the order given: proved by
 * its signature, by the chain, or the code of rule 2 or 3.
 *
 * A payment proved by the chain had its own signature left unread: verify it before it accuses.
 * @throws ProtocolError where the payments are of several allowances, or not in order.
 */
export async function proveRun(
  payments: readonly PaymentPacket[],
  options: ProveOptions,
): Promise<readonly Result<VerifiedPayment>[]> {
  requireOneRun(payments);
  const once = { ...options, allowances: options.allowances ?? createIssuedCache(1) };
  const answers: Result<VerifiedPayment>[] = [];
  let later: PaymentPacket | undefined;
  for (const packet of payments.toReversed()) {
    const answer = await proveBefore(packet, later, once);
    answers.push(answer);
    // Only what is proved itself vouches for the one before.
    later = answer.ok ? packet : undefined;
  }
  return answers.reverse();
}

function requireOneRun(payments: readonly PaymentPacket[]): void {
  payments.reduce<PaymentPacket | undefined>((before, packet) => {
    readPayment(packet);
    if (before === undefined) return packet;
    const ordered = before.payment.fields.sequence <= packet.payment.fields.sequence;
    if (ordered && equalBytes(before.allowanceId, packet.allowanceId)) return packet;
    throw new ProtocolError('malformed', 'a run is of one allowance, in the order of sequences');
  }, undefined);
}

async function proveBefore(
  packet: PaymentPacket,
  later: PaymentPacket | undefined,
  options: ProveOptions,
): Promise<Result<VerifiedPayment>> {
  const refused = await refuseAllowance(packet.allowance, packet.allowanceId, options);
  if (refused !== undefined) return refused;
  if (later !== undefined && vouchesFor(later, packet)) {
    return success(new VerifiedPayment(packet, 'chain'));
  }
  const forged = await refusePayer(packet, packet.payment, options);
  return forged ?? success(new VerifiedPayment(packet, 'signature'));
}

/** Whether the later payment, itself proved, names the earlier one and adds up with it. */
function vouchesFor({ payment }: PaymentPacket, earlier: PaymentPacket): boolean {
  const { sequence, amountMinor, spentMinor, previous } = payment.fields;
  const before = earlier.payment.fields;
  return (
    earlier.payment.suite === earlier.allowance.fields.suite &&
    sequence === before.sequence + 1 &&
    spentMinor === before.spentMinor + amountMinor &&
    equalBytes(previous, earlier.paymentId)
  );
}
