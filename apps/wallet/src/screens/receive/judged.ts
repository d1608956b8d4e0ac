import type { AcceptAnswer, AcceptedView, PayeeState } from '@sikka/wallet/payee';

/** As the journal has it, or the answer where the journal cannot be read after it. */
type JudgedPayment = Pick<
  AcceptedView,
  'paymentId' | 'amountMinor' | 'twoWords' | 'at' | 'state' | 'handInBy'
>;

/** What the till says of a payment: is this money good? */
export type Judged =
  | { readonly tone: 'ok'; readonly payment: JudgedPayment }
  | { readonly tone: 'warn'; readonly why: Doubt; readonly payment: JudgedPayment }
  | {
      readonly tone: 'bad';
      readonly code: string;
      /** What was asked for when it was shown. */
      readonly asked: { readonly requestId: string; readonly amountMinor: bigint | undefined };
    };

/**
 * Accepted, with something to look at: counted before, this phone's clock is not to be trusted,
 * or it has not heard of phones that were switched off lately.
 */
export type Doubt = 'duplicate' | 'clock' | 'news';

/** A clock that is behind by more than this has been set back: phones are rarely minutes off. */
const BEHIND_SECONDS = 600;
/** The bank's time that was seen may be as old as the bulletin that said it: a day. */
const AHEAD_SECONDS = 86_400;

type Known = Pick<PayeeState, 'payments' | 'bankTime' | 'bulletinVersion' | 'bulletinOverdue'>;

/** The verdict of an answer; `known` is what the journal said last, `now` the phone's clock. */
export function judgedOf(
  answer: AcceptAnswer,
  known: Known,
  at: { readonly now: number; readonly asked: { requestId: string; amountMinor?: bigint } },
): Judged {
  const { requestId, amountMinor } = at.asked;
  if (!answer.ok) return { tone: 'bad', code: answer.code, asked: { requestId, amountMinor } };
  // What was accepted is accepted, also where the journal could not be read anew.
  const payment = known.payments.find(({ paymentId }) => paymentId === answer.paymentId) ?? answer;
  const why = answer.verdict === 'duplicate' ? 'duplicate' : doubtOf(known, at.now);
  return why === undefined ? { tone: 'ok', payment } : { tone: 'warn', why, payment };
}

function doubtOf(known: Known, now: number): Doubt | undefined {
  const { bankTime, bulletinVersion, bulletinOverdue } = known;
  const seen = bankTime > 0;
  if (seen && (now < bankTime - BEHIND_SECONDS || now > bankTime + AHEAD_SECONDS)) return 'clock';
  return bulletinOverdue || bulletinVersion === undefined ? 'news' : undefined;
}
