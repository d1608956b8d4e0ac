import { encodePacket, signDocument } from '@sikka/protocol';
import type { Wallet } from '../core/wallet.ts';
import { changeWitnessed } from '../core/witness.ts';
import { answering, refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';

/** A Return, handed in at the next sync. */
export interface SignedReturn {
  readonly allowanceId: string;
  /** What the bank will give back once nothing can be claimed any more. */
  readonly unspentMinor: bigint;
  /** The packet, to hand in by other means. */
  readonly packet: Uint8Array;
}

/**
 * Signs "I sign no more" under an allowance (spec/documents.md §3) and stops using it. Asked
 * again it gives the same bytes. It moves no money by itself (spec/settlement.md §4).
 *
 * Refuses `wallet/allowance_unknown`, `wallet/not_enrolled`, `wallet/spending_stopped`.
 */
export async function signReturn(
  wallet: Wallet,
  allowanceId: string,
): Promise<Outcome<SignedReturn>> {
  return answering(async () => {
    const done = await changeWitnessed<Outcome<SignedReturn>>(wallet, async (state, append) => {
      const held = state.allowances.get(allowanceId);
      if (held === undefined) return refuse('wallet/allowance_unknown', 'not in this journal');
      const { allowance, lastSequence, spentMinor, head, returned } = held;
      const unspentMinor = allowance.fields.limitMinor - spentMinor;
      const answer = { ok: true, allowanceId, unspentMinor } as const;
      if (returned !== undefined) return { ...answer, packet: returned.packet.bytes };
      const signer = await wallet.keystore.signer();
      if (signer === undefined) return refuse('wallet/not_enrolled', 'the device key is gone');
      // Behind what is known of it, it would contradict what was really signed.
      if (state.rolledBack !== undefined) return refuse('wallet/spending_stopped', 'rolled back');
      const { journalNonce } = allowance.fields;
      const signed = await signDocument(
        { type: 'return', lastSequence, totalMinor: spentMinor, head, journalNonce },
        signer,
        held.allowanceId,
      );
      const packet = encodePacket({ kind: 'return', allowance, return: signed });
      await append({ type: 'returned', packet });
      return { ...answer, packet };
    });
    return done.ok ? done.value : done;
  });
}
