import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fromBase64url } from '@sikka/api/text';
import { useApp, useMoney } from '../../app-context.ts';
import { shareFile } from '../../platform/share.ts';
import type { Shared } from '../../platform/share.ts';
import type { Money } from '../../wallet/money.ts';

/** What this phone can show of a payment. Packets as they were signed (spec/packets.md). */
export interface Evidence {
  readonly packet: Uint8Array;
  /** By the payee's clock. */
  readonly receivedAt: number | undefined;
  /** Until when it can be sent to the bank. */
  readonly claimUntil: number;
}

/** Read from the journals; undefined where there is no such payment. */
async function readEvidence(
  { payer, till }: Money,
  paymentId: string,
): Promise<Evidence | undefined> {
  const given = (await payer.wallet.journal.read()).given.get(paymentId);
  const payee = given === undefined ? till.peek()?.payee : undefined;
  const taken = (await payee?.wallet.journal.read())?.accepted.get(paymentId);
  const packet = given?.packet ?? taken?.packet;
  return (
    packet && {
      packet: packet.bytes,
      receivedAt: given?.receipt?.receipt.fields.time ?? taken?.at,
      claimUntil: packet.allowance.fields.claimUntil,
    }
  );
}

/** The same, and undefined for a moment before it is read. */
export function useEvidence(paymentId: string): Evidence | undefined {
  const money = useMoney();
  const payee = money.till.value?.payee;
  const found = useSignal<Evidence | undefined>(undefined);
  useEffect(() => {
    let left = false;
    const look = async () => {
      const evidence = await readEvidence(money, paymentId);
      if (evidence !== undefined && !left) found.value = evidence;
    };
    void look();
    return () => {
      left = true;
    };
  }, [money, payee, paymentId, found]);
  return found.value;
}

/** Hands out the bank's receipt where it is here, else the payment as it was signed. */
export function useShareProof(paymentId: string): () => Promise<Shared | undefined> {
  const money = useMoney();
  const { speech, toast } = useApp();
  return async () => {
    const receipt = money.records.receipts.value.get(paymentId);
    const content =
      receipt === undefined
        ? (await readEvidence(money, paymentId))?.packet
        : fromBase64url(receipt.packet);
    if (content === undefined) return undefined;
    const kind = receipt === undefined ? 'payment' : 'receipt';
    const name = `${kind}-${paymentId.slice(0, 12)}.sikka`;
    const shared = await shareFile({ name, type: 'application/octet-stream', content });
    if (shared === 'saved') toast.value = speech.text('history.proofSaved');
    return shared;
  };
}
