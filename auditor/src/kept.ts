import { decodePacket, documentId } from '@sikka/protocol';
import type { Checkpoint, Signed } from '@sikka/protocol';
import { AuditorError } from './errors.ts';
import { limits } from './limits.ts';

/** A checkpoint that somebody kept outside the bank. */
export interface KeptCheckpoint {
  /** Place among those given, from 0. */
  readonly place: number;
  readonly id: Uint8Array;
  readonly document: Signed<Checkpoint>;
  /** The packet as it was kept. */
  readonly packet: Uint8Array;
  readonly kind: 'checkpoint' | 'settlement';
}

/**
 * Reads what was kept: packets of kind 9 with a checkpoint, or of kind 10, the settlement receipt
 * that a payee has anyway and that holds one (spec/log.md §4). Throws `auditor/not_a_checkpoint`.
 */
export function readKept(packets: readonly Uint8Array[]): readonly KeptCheckpoint[] {
  if (packets.length > limits.keptCheckpoints) {
    throw new AuditorError('auditor/not_a_checkpoint', 'Too many checkpoints at once.');
  }
  return packets.map((packet, place) => {
    const document = checkpointIn(packet);
    if (document === undefined) {
      throw new AuditorError(
        'auditor/not_a_checkpoint',
        `Number ${place + 1} of what was kept is neither a checkpoint nor a settlement receipt.`,
      );
    }
    const { signed, kind } = document;
    const id = documentId({ type: 'checkpoint', suite: signed.suite }, signed.payload);
    return { place, id, document: signed, packet, kind };
  });
}

function checkpointIn(
  packet: Uint8Array,
): { readonly signed: Signed<Checkpoint>; readonly kind: KeptCheckpoint['kind'] } | undefined {
  if (packet.length > limits.keptBytes) return undefined;
  const decoded = decodePacket(packet);
  if (!decoded.ok) return undefined;
  if (decoded.value.kind === 'settlement') {
    return { signed: decoded.value.checkpoint, kind: 'settlement' };
  }
  if (decoded.value.kind !== 'document') return undefined;
  const { fields, ...signed } = decoded.value.document;
  return fields.type === 'checkpoint'
    ? { signed: { ...signed, fields }, kind: 'checkpoint' }
    : undefined;
}
