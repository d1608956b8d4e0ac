import { useSignal } from '@preact/signals';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Choice } from '../../design/choice.tsx';
import { Facts } from '../../design/facts.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice, Remark } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { Digits, UserText } from '../../design/words.tsx';
import { plainAmount } from '../../language/amount-text.ts';
import type { MessageKey } from '../../language/catalogue.ts';
import { sentenceOf } from '../../language/refusal.ts';
import { copyText } from '../../platform/share.ts';
import { useAmounts } from '../amounts.ts';
import { Flash } from '../flash.tsx';
import { STATE_WORDS } from '../payment-words.ts';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';
import { findPayment, NotHere } from './payment-screen.tsx';
import type { Seen } from './payment-timeline.tsx';
import { useDispute } from './use-dispute.ts';
import type { Reason, Standing } from './use-dispute.ts';
import { useShareProof } from './use-evidence.ts';

/** What is wrong with a payment, told to the bank, with the evidence for whoever asks for it. */
export function DisputeScreen({ id }: ScreenProps) {
  const seen = findPayment(useMoney(), id);
  return seen === undefined ? <NotHere /> : <Dispute seen={seen} />;
}

function Dispute({ seen }: { readonly seen: Seen }) {
  const { speech } = useApp();
  const { standing, task, ask, tell } = useDispute(seen);
  const reason = useSignal<Reason | undefined>(undefined);
  return (
    <Screen>
      <TitleBar title={speech.text('history.tellTheBank')} />
      <Body>
        <Stack gap={4}>
          <Text>{speech.text('history.disputeMore')}</Text>
          {task.refused === undefined ? undefined : (
            <Notice icon="alert" tone="bad" urgent>
              {sentenceOf(speech, task.refused)}
            </Notice>
          )}
          <StandingNotice standing={standing} />
          {standing.kind === 'mayTell' ? (
            <Choice
              label={speech.text('history.whatIsWrong')}
              options={reasonsOf(seen).map((value) => ({
                value,
                title: speech.text(REASONS[value]),
              }))}
              value={reason.value}
              onChange={(value) => (reason.value = value)}
            />
          ) : undefined}
          <About seen={seen} />
          <Remark icon="lock">{speech.text('history.notGiven')}</Remark>
        </Stack>
      </Body>
      <Flash />
      <Foot lined>
        {standing.kind === 'mayTell' ? (
          <Button
            kind="primary"
            busy={task.busy}
            disabled={reason.value === undefined}
            onPress={() => void (reason.value === undefined ? undefined : tell(reason.value))}
          >
            {speech.text('history.tellTheBank')}
          </Button>
        ) : undefined}
        {ASKED_AGAIN.has(standing.kind) ? (
          <Button kind="primary" busy={task.busy} onPress={() => void ask()}>
            {speech.text('common.tryAgain')}
          </Button>
        ) : undefined}
        <ShareProof seen={seen} />
      </Foot>
    </Screen>
  );
}

/** Whoever is asked in person wants to see it too: with a network or without. */
function ShareProof({ seen }: { readonly seen: Seen }) {
  const { speech } = useApp();
  const share = useShareProof(seen.payment.paymentId);
  const task = useTask();
  return (
    <Button
      kind="text"
      icon="share"
      busy={task.busy}
      onPress={() =>
        void task.run(async () => {
          await share();
          return undefined;
        })
      }
    >
      {speech.text('history.shareProof')}
    </Button>
  );
}

/** The payment's facts, to be read and to be copied. */
function About({ seen }: { readonly seen: Seen }) {
  const { speech, toast } = useApp();
  const facts = useFacts(seen);
  const copy = async () => {
    const text = facts.map(({ term, plain }) => `${term}: ${plain}`).join('\n');
    if (await copyText(text)) toast.value = speech.text('history.copied');
  };
  return (
    <>
      <Title level="part">{speech.text('history.aboutIt')}</Title>
      <Facts pairs={facts} />
      <Button kind="text" icon="copy" onPress={() => void copy()}>
        {speech.text('history.copyFacts')}
      </Button>
    </>
  );
}

/** Where it stands at the bank, in words. */
function StandingNotice({ standing }: { readonly standing: Standing }) {
  const { speech, times } = useApp();
  if (standing.kind === 'mayTell' || standing.kind === 'refused') return null;
  if (standing.kind !== 'told') {
    const icon = standing.kind === 'asking' ? 'clock' : 'info';
    return <Notice icon={icon}>{speech.text(STANDINGS[standing.kind])}</Notice>;
  }
  const { reason, status, opened_at: openedAt } = standing.dispute;
  const told = times.moment(Math.floor(Date.parse(openedAt) / 1_000));
  return (
    <div role="status">
      <Stack gap={2}>
        <Title level="part">{speech.text(OUTCOMES[status])}</Title>
        <Text>{speech.text(NEXT[status])}</Text>
        <Facts
          pairs={[
            { term: speech.text('history.youSaid'), value: <>{speech.text(REASONS[reason])}</> },
            { term: speech.text('history.toldAt'), value: <>{told}</> },
          ]}
        />
      </Stack>
    </div>
  );
}

const ASKED_AGAIN: ReadonlySet<Standing['kind']> = new Set(['away', 'refused', 'unknown']);

const STANDINGS = {
  asking: 'common.loading',
  away: 'history.disputeAway',
  unknown: 'history.disputeUnknown',
} as const;

const OUTCOMES = {
  open: 'history.disputeOpen',
  upheld: 'history.disputeUpheld',
  dismissed: 'history.disputeDismissed',
} as const;

const NEXT = {
  open: 'history.disputeOpenMore',
  upheld: 'history.disputeUpheldMore',
  dismissed: 'history.disputeDismissedMore',
} as const;

const REASONS = {
  not_mine: 'history.reasonNotMine',
  wrong_amount: 'history.reasonWrongAmount',
  wrong_payee: 'history.reasonWrongPayee',
  paid_twice: 'history.reasonPaidTwice',
  goods_missing: 'history.reasonGoodsMissing',
  money_missing: 'history.reasonMoneyMissing',
  refund_missing: 'history.reasonRefundMissing',
  other: 'history.reasonOther',
} as const satisfies Readonly<Record<Reason, MessageKey>>;

/** What can have gone wrong on this side of a payment. */
function reasonsOf({ side }: Seen): readonly Reason[] {
  return side === 'given'
    ? [
        ...(['wrong_amount', 'wrong_payee', 'paid_twice', 'goods_missing'] as const),
        ...(['refund_missing', 'not_mine', 'other'] as const),
      ]
    : ['money_missing', 'wrong_amount', 'not_mine', 'other'];
}

/** What the bank asks first, to be seen and to be copied. */
function useFacts({ side, payment }: Seen) {
  const { speech, times } = useApp();
  const amounts = useAmounts();
  const words = spokenWords(payment.twoWords);
  const amount = amounts.of(payment.amountMinor);
  const fact = (term: string, plain: string) => ({ term, plain, value: <>{plain}</> });
  const payee =
    side === 'given'
      ? [
          {
            ...fact(speech.text('history.paidTo'), payment.payee.name),
            value: <UserText>{payment.payee.name}</UserText>,
          },
        ]
      : [];
  return [
    ...payee,
    {
      ...fact(speech.text('history.amount'), plainAmount(amount)),
      value: <Amount amount={amount} />,
    },
    fact(speech.text('history.time'), times.moment(payment.at)),
    fact(speech.text('history.state'), speech.text(STATE_WORDS[payment.state])),
    fact(speech.text('history.twoWords'), words[speech.language.value]),
    {
      ...fact(speech.text('history.paymentNumber'), payment.paymentId),
      value: <Digits>{`${payment.paymentId.slice(0, 16)}…`}</Digits>,
    },
  ];
}
