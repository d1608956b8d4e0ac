import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Facts, Numbered } from '../../design/facts.tsx';
import { Stack } from '../../design/layout.tsx';
import { Remark } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { Digits, UserText } from '../../design/words.tsx';
import { plainAmount } from '../../language/amount-text.ts';
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
import { useShareProof } from './use-evidence.ts';

/**
 * What to tell the bank, with the evidence for it. The bank takes no complaint by this app: its
 * people decide, so this says what they need and hands over the proof.
 */
export function DisputeScreen({ id }: ScreenProps) {
  const seen = findPayment(useMoney(), id);
  return seen === undefined ? <NotHere /> : <Dispute seen={seen} />;
}

function Dispute({ seen }: { readonly seen: Seen }) {
  const { speech, toast } = useApp();
  const share = useShareProof(seen.payment.paymentId);
  const facts = useFacts(seen);
  const task = useTask();
  const copy = async () => {
    const text = facts.map(({ term, plain }) => `${term}: ${plain}`).join('\n');
    if (await copyText(text)) toast.value = speech.text('history.copied');
  };
  return (
    <Screen>
      <TitleBar title={speech.text('history.tellTheBank')} />
      <Body>
        <Stack gap={4}>
          <Text>{speech.text('history.disputeMore')}</Text>
          <Numbered
            face={(digit) => speech.digits(digit)}
            items={[
              speech.text('history.disputeStep1'),
              speech.text('history.disputeStep2'),
              speech.text('history.disputeStep3'),
            ]}
          />
          <Title level="part">{speech.text('history.sayThis')}</Title>
          <Facts pairs={facts} />
          <Remark icon="lock">{speech.text('history.notGiven')}</Remark>
        </Stack>
      </Body>
      <Flash />
      <Foot lined>
        <Button
          kind="primary"
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
        <Button kind="text" icon="copy" onPress={() => void copy()}>
          {speech.text('history.copyFacts')}
        </Button>
      </Foot>
    </Screen>
  );
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
