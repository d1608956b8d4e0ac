import type { Outcome as WireOutcome } from '@sikka/api';
import { toBase64url } from '@sikka/api';
import type { Outcome, Received, Settling } from '@sikka/bank/deciding';
import { currencyOf, encodePacket, formatAmount, hex, signDocument } from '@sikka/protocol';
import { currentIssuer } from './issuer.ts';
import { isoOf } from './people.ts';
import type { Desk } from './people.ts';
import type { BankCalls } from './port.ts';
import { BankDied } from './port.ts';
import { answered, problem } from './problems.ts';
import type { AccountRow } from './tables.ts';

type Calls = Pick<BankCalls, 'handInDocuments'>;

export interface HandingIn extends Desk {
  readonly settling: Pick<Settling, 'receive' | 'settle'>;
  /** Whether this one is left to the worker, as where the database failed meanwhile. */
  readonly postpones: () => boolean;
}

/** Stores first; only then decides, or answers that it will (spec/settlement.md §1). */
export function handInCalls(desk: HandingIn, account: AccountRow): Calls {
  const { settling, postpones } = desk;
  return {
    async handInDocuments({ body, respondAsync }) {
      const received = await settling.receive(body, account.publicId);
      if (!received.ok) {
        const isLarge = received.code === 'too_large';
        return problem(isLarge ? 'request/too_large' : 'document/batch_malformed');
      }
      const receipt = await uploadReceipt(desk, received.value, account.publicId);
      const waits = respondAsync !== true && !postpones();
      const decided = waits ? await decide(settling, received.value.uploadId, body) : undefined;
      const pending: WireOutcome = { result: 'pending' };
      const outcomes =
        decided?.map(wireOutcome) ??
        Array.from({ length: received.value.items }, (): WireOutcome => pending);
      const value = {
        upload_receipt: toBase64url(receipt),
        received_at: isoOf(received.value.receivedAt),
        outcomes,
      };
      return answered(value, decided === undefined ? 202 : 200);
    },
  };
}

/** Undefined where it failed: the bytes are stored and receipted, so the worker decides them. */
async function decide(settling: Pick<Settling, 'settle'>, uploadId: bigint, bytes: Uint8Array) {
  try {
    return await settling.settle(uploadId, bytes);
  } catch (error) {
    if (error instanceof BankDied || !isExpected(error)) throw error;
    return undefined;
  }
}

/** A batch that was overtaken too often; anything else that settling throws is a defect. */
export function isExpected(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'settlement/overtaken';
}

async function uploadReceipt(
  { tables }: Desk,
  { sha256, receivedAt }: Received,
  uploader: string,
): Promise<Uint8Array> {
  const issuer = currentIssuer(tables);
  const type = 'upload-receipt';
  const fields = { type, issuerKey: issuer.number, sha256, uploader, receivedAt } as const;
  return encodePacket({ kind: 'document', document: await signDocument(fields, issuer) });
}

function wireOutcome(outcome: Outcome): WireOutcome {
  const { result, code, paymentId, documentId, amountMinor, currency } = outcome;
  const { payeeWallet, settledAt, extra, proofId } = outcome;
  const money = currency === undefined ? undefined : currencyOf(currency);
  const said = {
    ...{ result, code, payee_wallet: payeeWallet, extra },
    ...{ payment_id: paymentId && hex(paymentId), document_id: documentId && hex(documentId) },
    ...{ settled_at: settledAt === undefined ? undefined : isoOf(settledAt) },
    ...{ proof_id: proofId && hex(proofId) },
    ...(amountMinor === undefined || currency === undefined || money === undefined
      ? {}
      : { amount: formatAmount(amountMinor, currency), currency: money.alpha }),
  };
  const present = Object.entries(said).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as WireOutcome;
}
