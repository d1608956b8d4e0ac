import { isWalletNumber, parseAmount } from '@sikka/protocol';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Stack } from '../../design/layout.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { westernDigits } from '../../language/digits.ts';
import { openOrder } from '../../wallet/online-payment.ts';
import { useAmounts } from '../amounts.ts';
import { TitleBar } from '../title-bar.tsx';
import { OnlineConfirm } from './online-confirm.tsx';
import { OnlineOutcome } from './online-outcome.tsx';
import type { OnlineOrder } from '../../wallet/online-payment.ts';
import { flowOf } from './payment-flow.ts';

/** Pays a number out of the online balance; an order whose answer was lost comes first. */
export function TillNumberScreen() {
  const { vault } = useApp();
  const order = useSignal<OnlineOrder | undefined>(undefined);
  const open = useSignal<{ readonly order: OnlineOrder | undefined } | undefined>(undefined);
  useEffect(() => {
    const look = async () => {
      const { value } = vault.state;
      open.value = {
        order: value.kind === 'open' ? await openOrder(value.drawer) : undefined,
      };
    };
    void look();
  }, [vault, open]);
  if (open.value === undefined) return null;
  const before = open.value.order;
  if (before !== undefined) return <OnlineOutcome answer={{ kind: 'unknown', order: before }} />;
  if (order.value === undefined) return <NumberForm onOrder={(given) => (order.value = given)} />;
  return <OnlineConfirm order={order.value} onBack={() => (order.value = undefined)} />;
}

const DIGITS = 12;

function NumberForm({ onOrder }: { readonly onOrder: (order: OnlineOrder) => void }) {
  const { speech } = useApp();
  const money = useMoney();
  const { currency, online } = money;
  const amounts = useAmounts();
  const scanned = flowOf(money).number.value;
  const number = useSignal(scanned === undefined ? '' : String(scanned));
  const amount = useSignal('');
  const wrong = useSignal<'number' | 'amount' | undefined>(undefined);
  const proceed = () => {
    const receiver = Number(westernDigits(number.value).replaceAll(/\D/g, ''));
    const typed = parseAmount(westernDigits(amount.value).replaceAll(/[,\s]/g, ''), currency);
    if (!isWalletNumber(receiver)) wrong.value = 'number';
    else if (!typed.ok || typed.value < 1n) wrong.value = 'amount';
    else onOrder({ receiver, amountMinor: typed.value, currency });
  };
  const left = online.value?.current?.availableMinor;
  const errorOf = (field: 'number' | 'amount') =>
    wrong.value === field
      ? { error: speech.text(field === 'number' ? 'pay.tillWrong' : 'pay.amountWrong') }
      : {};
  return (
    <Screen>
      <TitleBar title={speech.text('pay.tillTitle')} />
      <Body>
        <Form onSubmit={proceed}>
          <Stack gap={4}>
            <Text tone="quiet">{speech.text('pay.tillMore')}</Text>
            <Field
              kind="number"
              label={speech.text('pay.tillField')}
              value={number.value}
              maxLength={DIGITS + 4}
              onInput={(value) => (number.value = value)}
              {...errorOf('number')}
            />
            <Field
              kind="amount"
              label={speech.text('pay.amountField')}
              value={amount.value}
              maxLength={14}
              onInput={(value) => (amount.value = value)}
              {...errorOf('amount')}
            />
            {left === undefined ? undefined : (
              <Text tone="quiet">
                {speech.rich('pay.onlineLeft', { left: <Amount amount={amounts.of(left)} /> })}
              </Text>
            )}
          </Stack>
        </Form>
      </Body>
      <Foot>
        <Button kind="primary" onPress={proceed}>
          {speech.text('common.continue')}
        </Button>
      </Foot>
    </Screen>
  );
}
