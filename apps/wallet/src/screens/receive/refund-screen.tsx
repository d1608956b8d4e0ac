import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AcceptedView } from '@sikka/wallet/payee';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button, Link } from '../../design/button.tsx';
import { Checks } from '../../design/facts.tsx';
import { typedAmount } from '../../design/keypad-input.ts';
import { Keypad } from '../../design/keypad.tsx';
import { Space, Stack } from '../../design/layout.tsx';
import { Display } from '../../design/payee.tsx';
import { Bar, Body, Foot, Head, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { Icon } from '../../design/icon.tsx';
import { useAmounts } from '../amounts.ts';
import { PayPin } from '../pay/pay-pin.tsx';
import type { ScreenProps } from '../screen-table.ts';
import { digitsOf, minorOf } from './ask.ts';
import { useTill } from './use-till.ts';

/** Gives back of one sale, at most what was paid: amount, PIN, and what happens with it. */
export function RefundScreen({ id }: ScreenProps) {
  const { navigation } = useApp();
  const sale = useTill()?.state.payments.find(({ paymentId }) => paymentId === id);
  const step = useSignal<'amount' | 'pin' | 'done'>('amount');
  const amountMinor = useSignal(0n);
  const isMissing = sale === undefined || sale.state === 'rejected';
  useEffect(() => {
    if (isMissing) navigation.replace('till');
  }, [isMissing, navigation]);
  if (isMissing) return null;
  switch (step.value) {
    case 'amount':
      return (
        <HowMuch
          sale={sale}
          onChosen={(chosen) => {
            amountMinor.value = chosen;
            step.value = 'pin';
          }}
        />
      );
    case 'pin':
      return (
        <Pin
          sale={sale}
          amountMinor={amountMinor.value}
          onBack={() => (step.value = 'amount')}
          onDone={() => (step.value = 'done')}
        />
      );
    case 'done':
      return <Done amountMinor={amountMinor.value} />;
  }
}

function RefundBar({ onBack }: { readonly onBack?: () => void }) {
  const { speech, navigation } = useApp();
  const onPress = onBack ?? navigation.back;
  return (
    <Bar
      title={speech.text('receive.giveBack')}
      leading={{ icon: 'back', label: speech.text('common.back'), onPress }}
    />
  );
}

interface HowMuchProps {
  readonly sale: AcceptedView;
  readonly onChosen: (amountMinor: bigint) => void;
}

function HowMuch({ sale, onChosen }: HowMuchProps) {
  const { speech, times } = useApp();
  const { currency } = useMoney();
  const amounts = useAmounts();
  const mostMinor = sale.amountMinor - sale.refundedMinor;
  const chosen = useSignal(0n);
  const tooMuch = chosen.value > mostMinor;
  const most = <Amount amount={amounts.of(mostMinor)} />;
  return (
    <Screen>
      <Head grows>
        <RefundBar />
        <Display amount={amounts.of(chosen.value)}>
          <Text tone="quiet" center id="refund-most">
            {speech.rich(tooMuch ? 'receive.refundTooMuch' : 'receive.refundMost', {
              most,
              moment: times.moment(sale.at),
            })}
          </Text>
          <Link leads={false} onPress={() => (chosen.value = mostMinor)}>
            {speech.text('receive.refundAll')}
          </Link>
        </Display>
      </Head>
      <Body place="pad">
        <Keypad
          corner="00"
          labels={{
            keypad: speech.text('receive.amountKeypad'),
            delete: speech.text('common.delete'),
          }}
          face={(digit) => speech.digits(digit)}
          onKey={(key) => {
            const digits = typedAmount(digitsOf(chosen.value, currency), key);
            chosen.value = minorOf(digits, currency);
          }}
        />
      </Body>
      <Foot>
        <Button
          kind="primary"
          icon="refund"
          disabled={chosen.value === 0n || tooMuch}
          reasonId="refund-most"
          onPress={() => {
            onChosen(chosen.value);
          }}
        >
          {speech.text('common.continue')}
        </Button>
      </Foot>
    </Screen>
  );
}

interface PinProps {
  readonly sale: AcceptedView;
  readonly amountMinor: bigint;
  readonly onBack: () => void;
  readonly onDone: () => void;
}

function Pin({ sale, amountMinor, onBack, onDone }: PinProps) {
  const { speech, vault } = useApp();
  const money = useMoney();
  const payee = useTill()?.payee;
  const amounts = useAmounts();
  const give = async (pin: string): Promise<string | undefined> => {
    const { value } = vault.state;
    if (value.kind !== 'open' || payee === undefined) return 'wallet/store_failed';
    const refusal = await value.payer.authorise(pin);
    if (refusal !== undefined) return refusal.code;
    const { paymentId } = sale;
    const answer = await payee.refund({ paymentId, amountMinor });
    if (!answer.ok) return answer.code;
    void money.changed();
    onDone();
    return undefined;
  };
  return (
    <Screen surface="ground">
      <RefundBar onBack={onBack} />
      <Body place="pad">
        <Stack gap={2} center>
          <Amount amount={amounts.of(amountMinor)} size="38" />
          <Text tone="quiet" center>
            {speech.text('receive.refundTo')}
          </Text>
        </Stack>
        <PayPin ask={speech.text('receive.pinToGiveBack')} onPin={give} />
      </Body>
    </Screen>
  );
}

/** Signed: what has happened and what has not yet. */
function Done({ amountMinor }: { readonly amountMinor: bigint }) {
  const { speech, navigation } = useApp();
  const amounts = useAmounts();
  return (
    <Screen>
      <Body place="middle">
        <Stack gap={4} center>
          <Icon name="refund" size="huge" />
          <Title center>{speech.text('receive.refundSigned')}</Title>
          <Amount amount={amounts.of(amountMinor)} size="38" />
        </Stack>
        <Space size={5} />
        <Checks
          items={[
            speech.text('receive.refundOnce'),
            speech.text('receive.refundWhen'),
            speech.text('receive.refundWhere'),
          ]}
        />
      </Body>
      <Foot>
        <Button kind="primary" onPress={navigation.back}>
          {speech.text('common.done')}
        </Button>
      </Foot>
    </Screen>
  );
}
