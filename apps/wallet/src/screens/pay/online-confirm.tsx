import { useSignal } from '@preact/signals';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Payee, PaySum } from '../../design/payee.tsx';
import { Bar, Body, Head, Screen } from '../../design/screen.tsx';
import { payOnline } from '../../wallet/online-payment.ts';
import type { OnlineAnswer, OnlineOrder } from '../../wallet/online-payment.ts';
import { useAmounts } from '../amounts.ts';
import { OnlineOutcome } from './online-outcome.tsx';
import { PayPin } from './pay-pin.tsx';

interface OnlineConfirmProps {
  readonly order: OnlineOrder;
  readonly onBack: () => void;
}

/** The number, which nobody vouches for, the amount, and the PIN. */
export function OnlineConfirm({ order, onBack }: OnlineConfirmProps) {
  const { speech, vault, client } = useApp();
  const money = useMoney();
  const amounts = useAmounts();
  const answer = useSignal<OnlineAnswer | undefined>(undefined);
  const left = money.online.value?.current?.availableMinor;
  const pay = async (pin: string): Promise<string | undefined> => {
    const { value } = vault.state;
    if (value.kind !== 'open') return undefined;
    const refusal = await value.payer.authorise(pin);
    if (refusal !== undefined) return refusal.code;
    const { drawer } = value;
    answer.value = await payOnline({ client, drawer, newKey: newOrderKey }, order);
    void money.sync.run();
    return undefined;
  };
  if (answer.value !== undefined) return <OnlineOutcome answer={answer.value} />;
  const number = speech.digits(String(order.receiver));
  return (
    <Screen>
      <Head>
        <Bar
          title={speech.text('pay.youArePaying')}
          leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }}
        />
        <Payee
          name={speech.text('pay.unnamedTo', { number })}
          by={speech.text('pay.nameNotChecked')}
          icon="alert"
        />
      </Head>
      <PaySum
        amount={amounts.of(order.amountMinor)}
        leaves={
          left === undefined
            ? undefined
            : speech.rich('pay.onlineLeft', { left: <Amount amount={amounts.of(left)} /> })
        }
        inWords={amounts.inWords(order.amountMinor)}
      />
      <Body>
        <PayPin onPin={pay} />
      </Body>
    </Screen>
  );
}

/** Visible ASCII of at most 64 characters, used once for ever. */
export function newOrderKey(): string {
  return `app-${crypto.randomUUID()}`;
}
