import { encodePacket, logId, signDocument } from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import { decodePacketOfKind } from '@sikka/protocol';
import { checkpointOver, inclusionPath, positionOf } from '../audit/index.ts';
import type { Db, Pool } from '../db/index.ts';
import type { Received } from './settlement.ts';
import { selectSettledKey } from './store/key-reading.ts';
import { selectSettledOrder } from './store/orders.ts';
import { selectPayment } from './store/reading.ts';

export type IssuerSigner = Signer & { readonly number: number };

export interface ReceiptOptions {
  readonly pool: Pool;
  /** The bank's id, of which the log's id is made. */
  readonly bank: string;
  /** The current issuer key. */
  readonly signer: (db: Db) => Promise<IssuerSigner>;
}

/** `not_ready`: settled, but not in the log that a checkpoint commits to yet. */
export type ReceiptAnswer =
  | { readonly ok: true; readonly packet: Uint8Array }
  | { readonly ok: false; readonly code: 'not_found' | 'not_ready' };

export interface Receipts {
  /** Packet of kind 9, type 8: the bank has these bytes since then, from this uploader too. */
  uploadReceipt(received: Received, uploader: string): Promise<Uint8Array>;
  /** Packet of kind 10 (spec/log.md §4). */
  settlementReceipt(paymentId: Uint8Array): Promise<ReceiptAnswer>;
}

export function createReceipts({ pool, bank, signer }: ReceiptOptions): Receipts {
  return {
    uploadReceipt: async ({ sha256, receivedAt }, uploader) => {
      const issuer = await signer(pool);
      const type = 'upload-receipt';
      const fields = { type, issuerKey: issuer.number, sha256, uploader, receivedAt } as const;
      const document = await signDocument(fields, issuer);
      return encodePacket({ kind: 'document', document });
    },
    settlementReceipt: async (paymentId) => {
      const found = await findLeaf(pool, paymentId);
      if (found === undefined) return { ok: false, code: 'not_found' };
      const position = await positionOf(pool, found);
      if (position === undefined) return NOT_READY;
      // Always the first checkpoint that holds it, so that the receipt stays the same.
      const over = await checkpointOver(pool, position);
      if (over === undefined) return NOT_READY;
      const included = await inclusionPath(pool, { position, size: over.logSize });
      const checkpoint = checkpointIn(over.packet);
      if (!included.ok) return NOT_READY;
      const issuer = await signer(pool);
      const { payment, authorityId: allowanceId } = found;
      const { amountMinor, currency, payeeWallet, settledAt } = payment;
      const receipt = await signDocument(
        {
          type: 'settlement-receipt',
          issuerKey: issuer.number,
          paymentId,
          allowanceId,
          amountMinor,
          currency,
          payeeWallet,
          settledAt,
          logId: logId(bank),
          position,
        },
        issuer,
      );
      const { path } = included;
      const packet = encodePacket({ kind: 'settlement', receipt, checkpoint, path });
      return { ok: true, packet };
    },
  };
}

/** A settled payment as the log sees it: what authorised it is an allowance, or a key. */
async function findLeaf(db: Db, paymentId: Uint8Array) {
  const found = await selectPayment(db, paymentId);
  if (found !== undefined) return { ...found, authorityId: found.allowanceId };
  const byKey =
    (await selectSettledKey(db, paymentId)) ?? (await selectSettledOrder(db, paymentId));
  return byKey && { ...byKey, authorityId: byKey.keyId };
}

const NOT_READY = { ok: false, code: 'not_ready' } as const;

function checkpointIn(packet: Uint8Array) {
  const decoded = decodePacketOfKind('document', packet);
  if (decoded.ok) {
    const { fields, ...signed } = decoded.value.document;
    if (fields.type === 'checkpoint') return { ...signed, fields };
  }
  throw new Error('A stored checkpoint is not one.');
}
