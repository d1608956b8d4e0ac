import type { BatchAnswer, Outcome as WireOutcome } from '@sikka/api';
import { mayOperate, toBase64url } from '@sikka/api';
import { currencyOf, formatAmount, fromHex, hex } from '@sikka/protocol';
import type { Call, Handlers, Reply } from '../caller.ts';
import type { Pool } from '../db/index.ts';
import { accountById } from '../identity/index.ts';
import type { Log } from '../log.ts';
import type { Outcome, Settlement } from '../settlement/index.ts';
import { readCases, wireCase } from './reviews/index.ts';

export interface HandInDeps {
  readonly pool: Pool;
  readonly settlement: Settlement;
  readonly log: Log;
}

type HandInRoutes =
  'handInDocuments' | 'getPayment' | 'getPaymentReceipt' | 'getProof' | 'listProofs';

/** Handing in, and asking what became of it (spec/settlement.md §1). */
export function handInRoutes(deps: HandInDeps): Handlers<HandInRoutes> {
  const { pool, settlement } = deps;
  return {
    handInDocuments: (call) => handIn(deps, call),
    getPayment: async ({ caller, params }) => {
      const found = await findOwn(settlement, caller, params.payment_id);
      if (found === undefined) return noPayment;
      const value = {
        ...wireOutcome(found.outcome),
        ...(found.allowanceId === undefined ? {} : { allowance_id: hex(found.allowanceId) }),
        ...(found.sequence === undefined ? {} : { sequence: found.sequence }),
      };
      return { ok: true, status: 200, value };
    },
    getPaymentReceipt: async ({ caller, params }) => {
      const { payment_id: id } = params;
      if ((await findOwn(settlement, caller, id)) === undefined) return noPayment;
      const answer = await settlement.settlementReceipt(fromHex(id));
      if (answer.ok) {
        const value = { payment_id: id, packet: toBase64url(answer.packet) };
        return { ok: true, status: 200, value };
      }
      if (answer.code === 'not_found') return noPayment;
      const detail = 'The payment is settled; its place in the log is signed within seconds.';
      return { ok: false, code: 'receipt/not_ready', detail, retryAfterSeconds: 1 };
    },
    getProof: async ({ params }) => {
      const proof = await settlement.findProof(fromHex(params.proof_id));
      if (proof === undefined) {
        return { ok: false, code: 'proof/not_found', detail: 'There is no proof of this id.' };
      }
      const value = { proof_id: hex(proof.id), packet: toBase64url(proof.packet) };
      return { ok: true, status: 200, value };
    },
    listProofs: async ({ query }) => {
      const kept = (await settlement.listProofs()).slice(0, Number(query.limit ?? 50));
      const ids = [...new Set(kept.map(({ accountId }) => accountId))];
      const accounts = await Promise.all(ids.map((id) => accountById(pool, id)));
      const names = new Map(accounts.map((account) => [account?.id, account?.publicId]));
      const cases = await readCases(
        pool,
        kept.map(({ id }) => id),
      );
      const decisions = new Map(cases.map((one) => [hex(one.proofId), one]));
      const proofs = kept.map((proof) => ({
        proof_id: hex(proof.id),
        verdict: proof.verdict,
        allowance_id: hex(proof.allowanceId),
        till: Number(proof.deviceNo),
        account: names.get(proof.accountId) ?? '',
        at: isoOf(proof.at),
        decision: wireCase(decisions.get(hex(proof.id))),
      }));
      return { ok: true, status: 200, value: { proofs } };
    },
  };
}

/** Stores first; only then decides, or answers that it will. */
async function handIn(
  deps: HandInDeps,
  { caller, body, respondAsync }: Call<'handInDocuments'>,
): Promise<Reply<'handInDocuments'>> {
  const { settlement } = deps;
  const received = await settlement.receive(body, caller.account);
  if (!received.ok) {
    if (received.code === 'too_large') {
      const detail = `The batch is too large: ${received.detail}.`;
      return { ok: false, code: 'request/too_large', detail };
    }
    const detail = `The batch is ${received.code}: ${received.detail}.`;
    return { ok: false, code: 'document/batch_malformed', detail };
  }
  const { uploadId, receivedAt, items } = received.value;
  const receipt = await settlement.uploadReceipt(received.value, caller.account);
  const decided = respondAsync ? undefined : await decide(deps, uploadId, body);
  const outcomes =
    decided?.map(wireOutcome) ??
    Array.from({ length: items }, () => ({ result: 'pending' as const }));
  const value: BatchAnswer = {
    upload_receipt: toBase64url(receipt),
    received_at: isoOf(receivedAt),
    outcomes,
  };
  return { ok: true, status: decided === undefined ? 202 : 200, value };
}

/** Undefined where it failed: the bytes are stored and receipted, so the worker decides them. */
async function decide({ settlement, log }: HandInDeps, uploadId: bigint, bytes: Uint8Array) {
  try {
    return await settlement.settle(uploadId, bytes);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
    log.error('settlement.postponed', { upload: String(uploadId), reason });
    return undefined;
  }
}

const noPayment = {
  ok: false,
  code: 'payment/not_found',
  detail: 'There is no payment of this id that concerns you.',
} as const;

/** For its payer, its payee and operators; for everybody else there is no such payment. */
async function findOwn(
  settlement: Settlement,
  caller: Call<'getPayment'>['caller'],
  paymentId: string,
) {
  const found = await settlement.findPayment(fromHex(paymentId));
  if (found === undefined) return undefined;
  const { payerAccount, payeeAccount } = found;
  const concerned = [payerAccount, payeeAccount].includes(caller.accountId);
  return concerned || mayOperate(caller.roles) ? found : undefined;
}

function wireOutcome(outcome: Outcome): WireOutcome {
  const { result, code, paymentId, documentId, amountMinor, currency } = outcome;
  const { payeeWallet, settledAt, extra, proofId } = outcome;
  return {
    result,
    ...(code === undefined ? {} : { code }),
    ...(paymentId === undefined ? {} : { payment_id: hex(paymentId) }),
    ...(documentId === undefined ? {} : { document_id: hex(documentId) }),
    ...(amountMinor === undefined || currency === undefined || !currencyOf(currency)
      ? {}
      : {
          amount: formatAmount(amountMinor, currency),
          currency: currencyOf(currency)?.alpha ?? '',
        }),
    ...(payeeWallet === undefined ? {} : { payee_wallet: payeeWallet }),
    ...(settledAt === undefined ? {} : { settled_at: isoOf(settledAt) }),
    ...(extra === undefined ? {} : { extra }),
    ...(proofId === undefined ? {} : { proof_id: hex(proofId) }),
  };
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
