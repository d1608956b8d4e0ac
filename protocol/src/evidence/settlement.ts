import { equalBytes } from '../bytes.ts';
import { failure, success } from '../errors.ts';
import type { Result } from '../errors.ts';
import { proveIssued } from '../judge/issuer.ts';
import type { Trust } from '../judge/issuer.ts';
import { logEntry } from '../log/entry.ts';
import { leafHash, verifyInclusion } from '../log/merkle.ts';
import { decodePacketOfKind } from '../packets/decode.ts';
import type { SettlementPacket } from '../packets/types.ts';

/**
 * Verifies that a payment settled and stands in the log that a checkpoint commits to, with nothing
 * but the bank's issuer keys (spec/log.md §4). Refuses, in this order: the bytes, the receipt's
 * and the checkpoint's signature, `log/wrong_log`, `log/not_included`.
 */
export async function verifySettlement(
  bytes: Uint8Array,
  trust: Trust,
): Promise<Result<SettlementPacket>> {
  const decoded = decodePacketOfKind('settlement', bytes);
  if (!decoded.ok) return decoded;
  const packet = decoded.value;
  for (const document of [packet.receipt, packet.checkpoint]) {
    const issued = await proveIssued(document, trust);
    if (!issued.ok) return issued;
  }
  const { fields: receipt } = packet.receipt;
  const { fields: checkpoint } = packet.checkpoint;
  if (!equalBytes(receipt.logId, checkpoint.logId)) {
    return failure('log/wrong_log', 'receipt and checkpoint are of two logs');
  }
  const included = verifyInclusion({
    leaf: leafHash(logEntry(receipt)),
    index: receipt.position,
    size: checkpoint.logSize,
    root: checkpoint.logRoot,
    path: packet.path,
  });
  if (included) return success(packet);
  return failure('log/not_included', 'the path does not lead from the payment to the root');
}
