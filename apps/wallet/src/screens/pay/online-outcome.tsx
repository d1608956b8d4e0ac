import { useSignal } from '@preact/signals';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Empty } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { VerdictHead } from '../../design/verdict.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { resumeOnline } from '../../wallet/online-payment.ts';
import type { OnlineAnswer, OnlineOrder } from '../../wallet/online-payment.ts';
import { useAmounts } from '../amounts.ts';
import { DoneFoot } from '../done-foot.tsx';
import { newOrderKey } from './online-confirm.tsx';

interface OnlineOutcomeProps {
  readonly answer: OnlineAnswer;
}

/** What the bank said of an online payment, or that it has not said it yet. */
export function OnlineOutcome({ answer }: OnlineOutcomeProps) {
  const { speech, client, vault } = useApp();
  const money = useMoney();
  const latest = useSignal(answer);
  const busy = useSignal(false);
  const ask = async () => {
    const { value } = vault.state;
    if (value.kind !== 'open') return;
    busy.value = true;
    const parts = { client, drawer: value.drawer, newKey: newOrderKey };
    latest.value = await resumeOnline(parts, latest.value.order);
    busy.value = false;
    void money.sync.run();
  };
  const { order } = latest.value;
  switch (latest.value.kind) {
    case 'paid':
      return <Paid reference={latest.value.reference} order={order} />;
    case 'refused':
      return (
        <Told
          order={order}
          title={speech.text('pay.cannotPay')}
          text={sentenceOf(speech, latest.value.code)}
          after={speech.text('pay.nothingTaken')}
        />
      );
    case 'unknown':
      return (
        <Told
          order={order}
          title={speech.text('pay.onlineUnknown')}
          text={speech.text('pay.onlineUnknownMore')}
          ask={{ busy: busy.value, onPress: () => void ask() }}
        />
      );
    case 'elsewhere':
      return (
        <Told
          order={order}
          title={speech.text('pay.answeredElsewhere')}
          text={speech.text('pay.answeredElsewhereMore')}
        />
      );
  }
}

interface ToldProps {
  readonly order: OnlineOrder;
  readonly title: string;
  readonly text: string;
  readonly after?: string;
  readonly ask?: { readonly busy: boolean; readonly onPress: () => void };
}

function Told({ order, title, text, after, ask }: ToldProps) {
  const { speech, navigation } = useApp();
  const amounts = useAmounts();
  const number = speech.digits(String(order.receiver));
  return (
    <Screen>
      <Body place="middle">
        <Empty icon={ask === undefined ? 'alert' : 'offline'} title={title} text={text}>
          <Text>
            <Amount amount={amounts.exactly(order.amountMinor)} />
            {' · '}
            {speech.text('pay.unnamedTo', { number })}
          </Text>
          {after === undefined ? undefined : <Text strong>{after}</Text>}
        </Empty>
      </Body>
      {ask === undefined ? (
        <DoneFoot />
      ) : (
        <Foot>
          <Button kind="primary" icon="bank" {...ask}>
            {speech.text('pay.askBank')}
          </Button>
          <Button
            kind="text"
            onPress={() => {
              navigation.replace('home');
            }}
          >
            {speech.text('common.close')}
          </Button>
        </Foot>
      )}
    </Screen>
  );
}

interface PaidProps {
  readonly reference: string;
  readonly order: OnlineOrder;
}

function Paid({ reference, order }: PaidProps) {
  const { speech } = useApp();
  const amounts = useAmounts();
  return (
    <Screen>
      <VerdictHead
        tone="ok"
        word={speech.text('pay.onlinePaid')}
        amount={amounts.of(order.amountMinor)}
      >
        {speech.text('pay.unnamedTo', { number: speech.digits(String(order.receiver)) })}
      </VerdictHead>
      <Body>
        <Text>{speech.text('pay.onlinePaidMore', { reference })}</Text>
      </Body>
      <DoneFoot />
    </Screen>
  );
}
