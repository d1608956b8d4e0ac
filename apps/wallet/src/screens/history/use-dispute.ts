import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppClient } from '../../account/bank-client.ts';
import { useApp } from '../../app-context.ts';
import { useTask } from '../use-task.ts';
import type { Seen } from './payment-timeline.tsx';

type Opening = Parameters<AppClient['openDispute']>[0]['body'];
type Opened = Extract<Awaited<ReturnType<AppClient['openDispute']>>, { ok: true }>['value'];

export type Reason = Opening['reason'];

/**
 * What the bank knows: `asking` it; `away`: there is no network; `refused`: it answered something
 * else; `unknown`: nobody handed the payment in; `mayTell`: nothing was said of it yet; `told`:
 * what was said, and what came of it.
 */
export type Standing =
  | { readonly kind: 'asking' | 'away' | 'refused' | 'unknown' | 'mayTell' }
  | { readonly kind: 'told'; readonly dispute: Opened };

/** As many as the bank lists at once. */
const MOST = '100';

/** What was said to the bank about a payment, and how to say it: not without a network. */
export function useDispute({ payment: { paymentId, state } }: Seen) {
  const { client } = useApp();
  const standing = useSignal<Standing>({ kind: 'asking' });
  const task = useTask();
  const isDecided = state === 'settled' || state === 'rejected';
  const fail = (code: string): string | undefined => {
    const isAway = code === 'client/unreachable';
    standing.value = { kind: isAway ? 'away' : 'refused' };
    return isAway ? undefined : code;
  };
  const ask = async (): Promise<string | undefined> => {
    standing.value = { kind: 'asking' };
    const listed = await client.listDisputes({ query: { limit: MOST } });
    if (!listed.ok) return fail(listed.problem.code);
    const dispute = listed.value.disputes.find((one) => one.payment_id === paymentId);
    if (dispute !== undefined) {
      standing.value = { kind: 'told', dispute };
      return undefined;
    }
    // By this phone or by the other one, of which this one may not have heard.
    const payment = await client.getPayment({ params: { payment_id: paymentId } });
    const isUnknown = !payment.ok && payment.problem.code === 'payment/not_found';
    if (!payment.ok && !isUnknown) return fail(payment.problem.code);
    standing.value = { kind: isUnknown ? 'unknown' : 'mayTell' };
    return undefined;
  };
  /** Where no answer came it may be told: the same again is the one there is. */
  const tell = async (reason: Reason): Promise<string | undefined> => {
    const answer = await client.openDispute({ body: { payment_id: paymentId, reason } });
    if (answer.ok) {
      standing.value = { kind: 'told', dispute: answer.value };
      return undefined;
    }
    const { code } = answer.problem;
    return code === 'dispute/exists' ? ((await ask()) ?? code) : code;
  };
  useEffect(() => void task.run(ask), []);
  // It was handed in meanwhile.
  const mayTellNow = standing.value.kind === 'unknown' && isDecided;
  return {
    standing: mayTellNow ? ({ kind: 'mayTell' } as const) : standing.value,
    task,
    ask: () => task.run(ask),
    tell: (reason: Reason) => task.run(() => tell(reason)),
  };
}
