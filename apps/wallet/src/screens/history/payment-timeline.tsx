import type { AcceptedView } from '@sikka/wallet/payee';
import type { ExchangeState, GivenView } from '@sikka/wallet/payer';
import { useApp, useMoney } from '../../app-context.ts';
import type { App } from '../../app-context.ts';
import type { PaymentState } from '../../design/icon-paths.ts';
import { Timeline } from '../../design/timeline.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import type { BankReceipt } from '../../wallet/records.ts';
import { STATE_WORDS } from '../payment-words.ts';
import { useEvidence } from './use-evidence.ts';
import type { Evidence } from './use-evidence.ts';

/** A payment as its own side sees it. */
export type Seen =
  | { readonly side: 'given'; readonly payment: GivenView }
  | { readonly side: 'accepted'; readonly payment: AcceptedView };

interface Known {
  readonly evidence: Evidence | undefined;
  readonly receipt: BankReceipt | undefined;
}

interface Step {
  readonly state: PaymentState;
  readonly at?: number | undefined;
  readonly time?: string | undefined;
  readonly detail: string;
}

const ORDER: Readonly<Record<ExchangeState, number>> = {
  ...{ given: 1, received: 2, sent: 3, settled: 4, rejected: 0 },
};

/** Each step: what it is, when, who did it; what has not come yet with its deadline. */
export function PaymentTimeline({ seen }: { readonly seen: Seen }) {
  const app = useApp();
  const { speech, times } = app;
  const { records } = useMoney();
  const { payment } = seen;
  const evidence = useEvidence(payment.paymentId);
  const receipt = records.receipts.value.get(payment.paymentId);
  const known = { evidence, receipt };
  const rejected = payment.state === 'rejected';
  const steps = rejected ? refusedSteps(app, seen, known) : stepsOf(app, seen, known);
  // The payer sees one step before: a look at the name.
  const first = seen.side === 'given' ? 0 : 1;
  const reached = receipt === undefined ? ORDER[payment.state] - first : steps.length - 1;
  return (
    <Timeline
      label={speech.text('history.howFar')}
      steps={steps.map(({ state, at, time, detail }, index) => ({
        ...{ state, title: speech.text(STATE_WORDS[state]), detail },
        time: time ?? (at === undefined ? undefined : times.clock(at)),
        stage: rejected || index < reached ? 'done' : index === reached ? 'now' : 'todo',
      }))}
    />
  );
}

function stepsOf(app: App, { side, payment }: Seen, known: Known): readonly Step[] {
  const { speech, times } = app;
  const { evidence, receipt } = known;
  const out = side === 'given';
  const settled = payment.state === 'settled';
  const until = evidence === undefined ? undefined : times.day(evidence.claimUntil);
  const ready: readonly Step[] = out
    ? [{ state: 'ready', at: payment.at, detail: speech.text('history.stepReadyOut') }]
    : [];
  return [
    ...ready,
    {
      ...{ state: 'given', at: payment.at },
      detail: speech.text(out ? 'history.stepGivenOut' : 'history.stepGivenIn'),
    },
    { state: 'received', ...receivedStep(app, { side, payment } as Seen, known) },
    {
      state: 'sent',
      detail: speech.text(out ? 'history.stepSentOut' : 'history.stepSentIn'),
      time:
        settled || payment.state === 'sent' || until === undefined ? undefined : byDay(app, until),
    },
    {
      ...{ state: 'settled', at: receipt?.settledAt },
      detail: speech.text(settled ? 'history.stepSettledDone' : 'history.stepSettled'),
    },
    {
      state: 'confirmed',
      detail: speech.text(receipt ? 'history.stepConfirmedDone' : 'history.stepConfirmed'),
    },
  ];
}

function byDay({ speech }: App, day: string): string {
  return speech.text('history.byDay', { day });
}

function receivedStep({ speech }: App, seen: Seen, { evidence }: Known): Omit<Step, 'state'> {
  if (seen.side === 'accepted') {
    return { at: seen.payment.at, detail: speech.text('history.stepReceivedIn') };
  }
  const { hasReceipt, state } = seen.payment;
  const detail = hasReceipt || state === 'given' ? 'stepReceivedOut' : 'stepReceivedOutNot';
  if (state === 'given') return { detail: speech.text('history.receivedMore') };
  return {
    at: hasReceipt ? evidence?.receivedAt : undefined,
    detail: speech.text(
      detail === 'stepReceivedOut' ? 'history.stepReceivedOut' : 'history.stepReceivedOutNot',
    ),
  };
}

/** Given, and refused by the bank with its reason. */
function refusedSteps(app: App, { side, payment }: Seen, known: Known): readonly Step[] {
  const { speech } = app;
  const out = side === 'given';
  const why = payment.code === undefined ? '' : sentenceOf(speech, payment.code);
  const seen = { side, payment } as Seen;
  const wasReceived = !out || payment.hasReceipt;
  return [
    {
      ...{ state: 'given', at: payment.at },
      detail: speech.text(out ? 'history.stepGivenOut' : 'history.stepGivenIn'),
    },
    ...(wasReceived ? [{ state: 'received', ...receivedStep(app, seen, known) } as const] : []),
    {
      state: 'rejected',
      detail: [speech.text(out ? 'history.rejectedOut' : 'history.rejectedIn'), why]
        .filter((text) => text !== '')
        .join('. '),
    },
  ];
}
