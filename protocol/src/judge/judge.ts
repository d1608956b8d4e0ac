import { documentId } from '../documents/signed-bytes.ts';
import { encodePayload } from '../documents/payload.ts';
import type { JudgeContext, PayerContext } from './context.ts';
import type { Trust } from './issuer.ts';
import { provePayment } from './prove.ts';
import { RULES } from './rules.ts';
import type { Subject } from './rules.ts';
import type { JudgeCode, Verdict } from './verdict.ts';
import type { VerifiedPayment } from './verified.ts';

/**
 * The verdict on a packet: all rules of spec/judge.md §2, the first that speaks. Pure but for the
 * verifier; never throws on what comes from outside.
 */
export async function judge(
  bytes: Uint8Array,
  { issuers, verifier, ...context }: JudgeContext & Trust,
): Promise<Verdict> {
  const isKnownAllowance = () => context.as !== 'bank' || context.allowanceKnown;
  const proved = await provePayment(bytes, { issuers, verifier, isKnownAllowance });
  // No proof speaks of an equivocation or of a log before it has two documents or a receipt.
  if (!proved.ok) return { ...proved, code: proved.code as JudgeCode };
  return judgeVerified(proved.value, context);
}

/**
 * The verdict on a payment whose signatures are proved: rules 4 to 11, and at the bank the part of
 * rule 2 that asks its ledger. Synchronous and pure.
 */
export function judgeVerified(verified: VerifiedPayment, context: JudgeContext): Verdict {
  return applyRules(verified, context);
}

/**
 * The verdict on a payment that the payer is about to sign: the same rules, before there is a
 * signature that could be shown (spec/judge.md §1).
 * @throws ProtocolError for fields that no reader would accept.
 */
export function judgeDraft(
  { allowance, allowanceId, payment }: Omit<Subject, 'paymentId'>,
  context: PayerContext,
): Verdict {
  const { suite } = allowance;
  const signing = { type: payment.type, suite, parentId: allowanceId };
  const paymentId = documentId(signing, encodePayload(payment));
  return applyRules({ allowance, allowanceId, payment, paymentId }, context);
}

function applyRules(subject: Subject, context: JudgeContext): Verdict {
  const { paymentId } = subject;
  if (context.as === 'bank' && !context.allowanceKnown) {
    const detail = 'not in the ledger of reservations';
    return { ok: false, code: 'allowance_unknown', detail };
  }
  for (const { code, speaks } of RULES) {
    const spoken = speaks(subject, context);
    if (spoken !== undefined) return { ok: false, code, paymentId, ...spoken };
  }
  return { ok: true, code: 'acceptable', paymentId };
}
