import { currencyOf } from '@sikka/protocol';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { typedAmount } from '../../design/keypad-input.ts';
import { Keypad } from '../../design/keypad.tsx';
import { Display, Payee } from '../../design/payee.tsx';
import { Bar, Body, Foot, Head, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { spendableOf } from '../../wallet/spendable.ts';
import { useAmounts } from '../amounts.ts';
import { flowOf } from './payment-flow.ts';
import type { Draft } from './payment-flow.ts';
import { RefusedScreen } from './refused-screen.tsx';

/** The payer chooses how much; a reload leads home. */
export function AmountScreen() {
  const { navigation } = useApp();
  const draft = flowOf(useMoney()).draft.value;
  useEffect(() => {
    if (draft === undefined) navigation.replace('home');
  }, [draft, navigation]);
  return draft === undefined ? null : <ChooseAmount draft={draft} />;
}

function ChooseAmount({ draft }: { readonly draft: Draft }) {
  const { speech, navigation } = useApp();
  const money = useMoney();
  const amounts = useAmounts();
  const digits = useSignal('');
  const { payee } = draft.asked;
  const unit = 10n ** BigInt(currencyOf(money.currency)?.exponent ?? 2);
  const amountMinor = BigInt(digits.value === '' ? '0' : digits.value) * unit;
  const { atOnceMinor } = spendableOf(money.spending.value);
  const tooMuch = amountMinor > atOnceMinor;
  if (atOnceMinor === 0n) {
    return (
      <RefusedScreen
        code="wallet/no_allowance"
        onAgain={() => {
          navigation.replace('scan');
        }}
      />
    );
  }
  const proceed = () => {
    if (amountMinor === 0n || tooMuch) return;
    flowOf(money).draft.value = { ...draft, amountMinor };
    navigation.go('payConfirm');
  };
  return (
    <Screen name={speech.text('pay.howMuch')}>
      <Head>
        <Bar
          heading={false}
          leading={{ icon: 'back', label: speech.text('common.back'), onPress: navigation.back }}
        />
        <Payee small name={payee.name} town={payee.town} by={speech.text('pay.nameChecked')} />
      </Head>
      <Body place="pad">
        <Display amount={amounts.of(amountMinor)}>
          <AmountNote amountMinor={amountMinor} />
        </Display>
        <Keypad
          corner="00"
          labels={{ keypad: speech.text('pay.amountKeypad'), delete: speech.text('common.delete') }}
          face={(digit) => speech.digits(digit)}
          onKey={(key) => (digits.value = typedAmount(digits.value, key))}
          onEnter={proceed}
        />
      </Body>
      <Foot>
        <Button kind="primary" disabled={tooMuch} reasonId="amount-note" onPress={proceed}>
          {speech.text('common.continue')}
        </Button>
      </Foot>
    </Screen>
  );
}

/** What there is to spend, or that it is less than this. */
function AmountNote({ amountMinor }: { readonly amountMinor: bigint }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const { leftMinor, atOnceMinor } = spendableOf(useMoney().spending.value);
  const values = {
    left: <Amount amount={amounts.of(leftMinor)} />,
    most: <Amount amount={amounts.of(atOnceMinor)} />,
  };
  const tooMuch = amountMinor > atOnceMinor;
  const less = amountMinor > leftMinor ? 'pay.tooMuch' : 'pay.tooMuchAtOnce';
  return (
    <Text id="amount-note" tone={tooMuch ? 'bad' : 'quiet'} center>
      {speech.rich(tooMuch ? less : 'pay.youHave', values)}
    </Text>
  );
}
