import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button, IconButton } from '../../design/button.tsx';
import { Space, Stack } from '../../design/layout.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { TwoWords } from '../../design/two-words.tsx';
import { UserText } from '../../design/words.tsx';
import type { Money } from '../../wallet/money.ts';
import { useAmounts } from '../amounts.ts';
import { Flash } from '../flash.tsx';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';
import { PaymentTimeline } from './payment-timeline.tsx';
import type { Seen } from './payment-timeline.tsx';
import { TransferDetail } from './transfer-detail.tsx';
import { useShareProof } from './use-evidence.ts';

/** One payment or transfer: how far it is, who did what, and the proof of it. */
export function PaymentScreen({ id }: ScreenProps) {
  const money = useMoney();
  const transfer = money.records.transfers.value.find((one) => `t${one.id}` === id);
  if (transfer !== undefined) return <TransferDetail transfer={transfer} />;
  const seen = findPayment(money, id);
  return seen === undefined ? <NotHere /> : <PaymentDetail seen={seen} />;
}

/** In the journals of this phone, as payer or as payee. */
export function findPayment({ spending, till }: Money, id: string): Seen | undefined {
  const given = spending.value.payments.find(({ paymentId }) => paymentId === id);
  if (given !== undefined) return { side: 'given', payment: given };
  const accepted = till.value?.state.payments.find(({ paymentId }) => paymentId === id);
  return accepted && { side: 'accepted', payment: accepted };
}

function PaymentDetail({ seen }: { readonly seen: Seen }) {
  const { speech } = useApp();
  const { records } = useMoney();
  const { paymentId, state } = seen.payment;
  const share = useShareProof(paymentId);
  const task = useTask();
  // In the background: what the journal says is on the screen already.
  useEffect(() => {
    if (state === 'settled') void records.fetchReceipt(paymentId);
  }, [state, records, paymentId]);
  const shareProof = () =>
    void task.run(async () => {
      await share();
      return undefined;
    });
  return (
    <Screen>
      <TitleBar title={speech.text('history.payment')} heading={false}>
        <IconButton icon="share" label={speech.text('history.shareProof')} onPress={shareProof} />
      </TitleBar>
      <Body>
        <PaymentHead seen={seen} />
        <Space size={4} />
        <PaymentTimeline seen={seen} />
        <Remarks seen={seen} />
      </Body>
      <Flash />
      <PaymentFoot seen={seen} />
    </Screen>
  );
}

function PaymentHead({ seen }: { readonly seen: Seen }) {
  const { speech, times } = useApp();
  const amounts = useAmounts();
  const { at, amountMinor, twoWords, state } = seen.payment;
  const words = spokenWords(twoWords);
  const time = times.moment(at);
  const ownWords = words[speech.language.value];
  return (
    <Stack gap={1}>
      {seen.side === 'given' ? (
        <>
          <Title>
            <UserText>{seen.payment.payee.name}</UserText>
          </Title>
          <Text tone="quiet">
            {speech.text('history.townAndTime', { town: seen.payment.payee.town, time })}
          </Text>
        </>
      ) : (
        <>
          <Title>{ownWords}</Title>
          <Text tone="quiet">{time}</Text>
        </>
      )}
      <Amount
        amount={amounts.of(amountMinor)}
        size="48"
        incoming={seen.side === 'accepted'}
        struck={state === 'rejected'}
      />
      <TwoWords small en={words.en} ur={words.ur} />
    </Stack>
  );
}

/** What is unusual with it. */
function Remarks({ seen: { side, payment } }: { readonly seen: Seen }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const out = side === 'given';
  const { extra, proofId } = payment;
  const refundedMinor = out ? 0n : payment.refundedMinor;
  return (
    <Stack gap={2}>
      {out && payment.withheld ? (
        <Notice icon="info">{speech.text('history.withheld')}</Notice>
      ) : undefined}
      {extra ? (
        <Notice icon="refund">{speech.text(out ? 'history.extraOut' : 'history.extraIn')}</Notice>
      ) : undefined}
      {refundedMinor > 0n ? (
        <Notice icon="refund">
          {speech.rich('history.refunded', {
            amount: <Amount amount={amounts.of(refundedMinor)} />,
          })}
        </Notice>
      ) : undefined}
      {proofId === undefined ? undefined : (
        <Notice icon="shield">{speech.text('history.proof', { id: proofId.slice(0, 16) })}</Notice>
      )}
    </Stack>
  );
}

/** Whether the shop may still need the code. */
function isOpen({ side, payment }: Seen): boolean {
  return side === 'given' && !['settled', 'rejected'].includes(payment.state);
}

function PaymentFoot({ seen }: { readonly seen: Seen }) {
  const { speech, navigation } = useApp();
  const { paymentId } = seen.payment;
  return (
    <Foot lined>
      {isOpen(seen) ? (
        <Button
          kind="primary"
          icon="qr"
          onPress={() => {
            navigation.go('payCode', paymentId);
          }}
        >
          {speech.text('history.showCode')}
        </Button>
      ) : undefined}
      <Button
        kind="text"
        onPress={() => {
          navigation.go('dispute', paymentId);
        }}
      >
        {speech.text('history.somethingWrong')}
      </Button>
    </Foot>
  );
}

export function NotHere() {
  const { speech, navigation } = useApp();
  return (
    <Screen>
      <TitleBar title={speech.text('history.payment')} heading={false} />
      <Body place="middle">
        <Empty
          title={speech.text('history.notHere')}
          text={speech.text('history.notHereMore')}
          icon="search"
        />
      </Body>
      <Foot>
        <Button
          kind="primary"
          onPress={() => {
            navigation.replace('history');
          }}
        >
          {speech.text('history.toHistory')}
        </Button>
      </Foot>
    </Screen>
  );
}
