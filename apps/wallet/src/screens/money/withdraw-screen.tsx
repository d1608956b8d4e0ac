import { formatAmount } from '@sikka/protocol';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { plainAmount } from '../../language/amount-text.ts';
import { readTypedAmount } from '../../wallet/typed-amount.ts';
import { openWithdrawals } from '../../wallet/withdrawals.ts';
import type { Withdrawal } from '../../wallet/withdrawals.ts';
import { useAmounts } from '../amounts.ts';
import { FormScreen } from '../form-screen.tsx';
import { CodeStep } from '../start/code-step.tsx';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';
import { AmountField, BankAccountField } from './money-fields.tsx';

/** A code was mailed to prove that it is really this person. */
interface Challenge {
  readonly nonce: string;
  readonly demoCode: string | undefined;
  readonly order: Withdrawal;
}

/** Money to the person's own account at another bank, after a fresh proof of who it is. */
export function WithdrawScreen() {
  const { client } = useApp();
  const { profile } = useMoney();
  const back = useSignal<Withdrawal | undefined>(undefined);
  const send = useSend((order) => (back.value = order));
  const challenge = useSignal<Challenge | undefined>(undefined);
  if (back.value !== undefined) return <CameBackScreen order={back.value} />;
  if (challenge.value === undefined) {
    return (
      <OrderScreen
        send={async (order) => {
          const refused = await send(order);
          if (refused !== 'auth/step_up_required') return refused;
          const asked = await client.askStepUp();
          if (!asked.ok) return asked.problem.code;
          const { nonce_demo: nonce, otp_demo: demoCode } = asked.value;
          challenge.value = { nonce, demoCode, order };
          return undefined;
        }}
      />
    );
  }
  const { nonce, demoCode, order } = challenge.value;
  return (
    <CodeStep
      email={profile.email}
      demoCode={demoCode}
      onBack={() => {
        challenge.value = undefined;
      }}
      submit={async (otp) => {
        const proved = await client.stepUp({ body: { nonce, otp } });
        if (!proved.ok) return proved.problem.code;
        const refused = await send(order);
        // What is wrong with the order is said beside it.
        if (refused !== undefined) challenge.value = undefined;
        return refused;
      }}
    />
  );
}

/** Sends the order; a code where it was refused. What came back has a screen of its own. */
function useSend(
  onBack: (order: Withdrawal) => void,
): (order: Withdrawal) => Promise<string | undefined> {
  const { speech, navigation, toast } = useApp();
  const { ordering, sync } = useMoney();
  const amounts = useAmounts();
  return async (order) => {
    const answer = await openWithdrawals(ordering).order(order);
    if (!answer.ok) return answer.code;
    void sync.run();
    if (answer.status === 'returned') {
      onBack(answer.order);
      return undefined;
    }
    const amount = plainAmount(amounts.of(answer.order.amountMinor));
    const said = answer.status === 'settled' ? 'money.withdrawArrived' : 'money.withdrawn';
    toast.value = speech.text(said, { amount });
    navigation.replace('home');
    return undefined;
  };
}

/** The other bank did not take it: nothing is on its way. */
function CameBackScreen({ order }: { readonly order: Withdrawal }) {
  const { speech, navigation } = useApp();
  const amounts = useAmounts();
  return (
    <Screen>
      <TitleBar title={speech.text('money.withdraw')} heading={false} />
      <Body place="middle">
        <Empty
          icon="alert"
          title={speech.text('money.withdrawBack')}
          text={speech.text('money.withdrawBackMore')}
        >
          <Amount amount={amounts.exactly(order.amountMinor)} />
        </Empty>
      </Body>
      <Foot>
        <Button
          kind="primary"
          onPress={() => {
            navigation.replace('home');
          }}
        >
          {speech.text('common.done')}
        </Button>
      </Foot>
    </Screen>
  );
}

interface OrderScreenProps {
  readonly send: (order: Withdrawal) => Promise<string | undefined>;
}

function OrderScreen({ send }: OrderScreenProps) {
  const { speech } = useApp();
  const { online, currency, ordering } = useMoney();
  const [amount, account] = [useSignal(''), useSignal('')];
  const open = useSignal<Withdrawal | undefined>(undefined);
  const task = useTask();
  const look = async () => {
    open.value = await openWithdrawals(ordering).kept();
    if (open.value === undefined) return;
    amount.value = formatAmount(open.value.amountMinor, currency);
    account.value = open.value.bankAccount;
  };
  useEffect(() => void look(), []);
  const order = () =>
    task.run(async () => {
      const amountMinor = readTypedAmount(amount.value, currency);
      if (amountMinor === undefined) return 'amount/invalid';
      const wallet = online.value?.current?.number;
      if (wallet === undefined) return 'client/unreachable';
      const refused = await send({ wallet, amountMinor, bankAccount: account.value.trim() });
      if (refused !== undefined) await look();
      return refused;
    });
  const isOpen = open.value !== undefined;
  return (
    <FormScreen
      title={speech.text('money.withdraw')}
      more={speech.text('money.withdrawMore')}
      task={task}
      action={speech.text(isOpen ? 'money.sendAgain' : 'common.continue')}
      onSubmit={() => void order()}
    >
      {isOpen ? <Notice icon="info">{speech.text('money.maybeSent')}</Notice> : undefined}
      <AmountField value={amount} disabled={isOpen} />
      <BankAccountField value={account} disabled={isOpen} />
    </FormScreen>
  );
}
