import type { BankView } from '../bank/port.ts';
import type { BankAnswer, Truth } from '../truth.ts';
import type { Look } from './seen.ts';

/** Refusals that accuse: their proof is named, and names the document. */
const ACCUSING: ReadonlySet<string> = new Set(['double_spend', 'contradiction', 'return_conflict']);

/**
 * Every answer says what stands (spec/settlement.md §1): of which document, which payment, how much
 * to whom, when it was decided, and by which proof it is accused.
 */
export function answers({ truth, view, seen }: Look): readonly string[] {
  const fresh = truth.answers.slice(seen.answersCompared);
  seen.answersCompared = truth.answers.length;
  const documents = new Map(view.proofs.map((proof) => [proof.id, proof.documents]));
  return fresh.flatMap((answer) => {
    const { documentId, proofId, said } = answer;
    const named: readonly string[] | undefined =
      proofId === undefined ? undefined : (documents.get(proofId) ?? []);
    const isNamed = named === undefined ? !isAccused(answer) : named.includes(documentId);
    const wrong = [
      ...(isNamed ? [] : ['its proof']),
      ...(said.document_id === undefined || said.document_id === documentId ? [] : ['its id']),
      ...wrongIn(answer, { truth, view }),
    ];
    if (wrong.length === 0) return [];
    return [`${documentId} was answered ${answer.result} with the wrong ${wrong.join(' and ')}`];
  });
}

function isAccused({ code = '', said }: BankAnswer): boolean {
  return said.document_id !== undefined && ACCUSING.has(code);
}

interface Known {
  readonly truth: Truth;
  readonly view: BankView;
}

/** Of what moved money. */
function wrongIn({ documentId, result, said }: BankAnswer, { truth, view }: Known) {
  const payment = truth.signed.get(documentId);
  const refund = truth.refunds.get(documentId);
  if (result === 'settled' && payment !== undefined) {
    const row = view.settled.find(({ id }) => id === documentId);
    return [
      ...(said.payment_id === documentId ? [] : ['payment']),
      ...(said.amount === textOf(payment.amountMinor) ? [] : ['amount']),
      ...(said.payee_wallet === payment.payeeWallet ? [] : ['payee']),
      ...(row === undefined || secondsOf(said.settled_at) === row.settledAt ? [] : ['time']),
    ];
  }
  if (result === 'recorded' && refund !== undefined) {
    return [
      ...(said.payment_id === refund.paymentId ? [] : ['payment']),
      ...(said.amount === textOf(refund.amountMinor) ? [] : ['amount']),
    ];
  }
  return [];
}

/** Two decimals, as every currency of a world has. */
function textOf(minor: bigint): string {
  return `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
}

function secondsOf(iso: string | undefined): number {
  return Math.floor(Date.parse(iso ?? '') / 1000);
}
