import { formatAmount } from '@sikka/protocol';
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Body, Screen } from '../../design/screen.tsx';
import { plainAmount } from '../../language/amount-text.ts';
import { readTypedAmount } from '../../wallet/typed-amount.ts';
import { openWithdrawals } from '../../wallet/withdrawals.ts';
import type { Withdrawal } from '../../wallet/withdrawals.ts';
import { useAmounts } from '../amounts.ts';
import { DoneFoot } from '../done-foot.tsx';
import { FormScreen } from '../form-screen.tsx';
import { CodeStep } from '../start/code-step.tsx';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';
import { EarlierRefused } from './earlier-refused.tsx';
import type { EarlierOrder } from './earlier-refused.tsx';
import { AmountField, BankAccountField } from './money-fields.tsx';

const STEP_UP = 'auth/step_up_required';

/** A code was mailed to prove that it is really this person. */
interface Challenge {
  readonly nonce: string;
  readonly demoCode: string | undefined;
  readonly order: Withdrawal;
}

/** Money to the person's own account at another bank, after a fresh proof of who it is. */
export function WithdrawScreen() {
  const { speech, client } = useApp();
  const { profile } = useMoney();
  const typed = { amount: useSignal(''), account: useSignal('') };
  const refused = useSignal<string | undefined>(undefined);
  const back = useSignal<Withdrawal | undefined>(undefined);
  const earlier = useSignal<EarlierOrder | undefined>(undefined);
  const challenge = useSignal<Challenge | undefined>(undefined);
  const send = useSend({
    onBack: (order) => (back.value = order),
    onEarlier: (order) => (earlier.value = order),
  });
  if (back.value !== undefined) return <CameBackScreen order={back.value} />;
  if (earlier.value !== undefined) {
    const title = speech.text('money.withdraw');
    const onSeen = () => (earlier.value = undefined);
    return <EarlierRefused title={title} order={earlier.value} onSeen={onSeen} />;
  }
  const order = async (asked: Withdrawal) => {
    const code = await send(asked);
    if (code !== STEP_UP) return code;
    const proof = await client.askStepUp();
    if (!proof.ok) return proof.problem.code;
    const { nonce_demo: nonce, otp_demo: demoCode } = proof.value;
    challenge.value = { nonce, demoCode, order: asked };
    return undefined;
  };
  if (challenge.value === undefined) {
    return <OrderScreen typed={typed} refused={refused} send={order} />;
  }
  const { nonce, demoCode, order: asked } = challenge.value;
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
        // What is wrong with the order is said beside it.
        refused.value = await send(asked);
        challenge.value = undefined;
        return undefined;
      }}
    />
  );
}

interface SendParts {
  readonly onBack: (order: Withdrawal) => void;
  readonly onEarlier: (order: EarlierOrder) => void;
}

/** Sends the order; a code where it was refused. What came back has a screen of its own. */
function useSend({
  onBack,
  onEarlier,
}: SendParts): (order: Withdrawal) => Promise<string | undefined> {
  const { speech, navigation, toast } = useApp();
  const { ordering, sync } = useMoney();
  const amounts = useAmounts();
  return async (order) => {
    const answer = await openWithdrawals(ordering).order(order);
    const { amountMinor } = answer.order;
    if (!answer.ok) {
      const { code, open } = answer;
      // One that is open stands in the fields; a proof of who it is is for both.
      if (open || code === STEP_UP || isSame(answer.order, order)) return code;
      onEarlier({ amountMinor, code });
      return undefined;
    }
    void sync.run();
    if (answer.status === 'returned') {
      onBack(answer.order);
      return undefined;
    }
    const amount = plainAmount(amounts.of(amountMinor));
    const said = answer.status === 'settled' ? 'money.withdrawArrived' : 'money.withdrawn';
    toast.value = speech.text(said, { amount });
    navigation.replace('home');
    return undefined;
  };
}

function isSame(one: Withdrawal, other: Withdrawal): boolean {
  const { wallet, amountMinor, bankAccount } = one;
  return (
    wallet === other.wallet &&
    amountMinor === other.amountMinor &&
    bankAccount === other.bankAccount
  );
}

/** The other bank did not take it: nothing is on its way. */
function CameBackScreen({ order }: { readonly order: Withdrawal }) {
  const { speech } = useApp();
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
      <DoneFoot />
    </Screen>
  );
}

interface OrderScreenProps {
  readonly typed: { readonly amount: Signal<string>; readonly account: Signal<string> };
  /** Why what is typed was refused after it was proved who it is. */
  readonly refused: Signal<string | undefined>;
  readonly send: (order: Withdrawal) => Promise<string | undefined>;
}

function OrderScreen({ typed: { amount, account }, refused, send }: OrderScreenProps) {
  const { speech } = useApp();
  const { online, currency, ordering } = useMoney();
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
      refused.value = undefined;
      const amountMinor = readTypedAmount(amount.value, currency);
      if (amountMinor === undefined) return 'amount/invalid';
      const wallet = online.value?.current?.number;
      if (wallet === undefined) return 'client/unreachable';
      const code = await send({ wallet, amountMinor, bankAccount: account.value.trim() });
      if (code !== undefined) await look();
      return code;
    });
  const isOpen = open.value !== undefined;
  return (
    <FormScreen
      title={speech.text('money.withdraw')}
      more={speech.text('money.withdrawMore')}
      task={{ ...task, refused: task.refused ?? refused.value }}
      action={speech.text(isOpen ? 'money.sendAgain' : 'common.continue')}
      onSubmit={() => void order()}
    >
      {isOpen ? <Notice icon="info">{speech.text('money.maybeSent')}</Notice> : undefined}
      <AmountField value={amount} disabled={isOpen} />
      <BankAccountField value={account} disabled={isOpen} />
    </FormScreen>
  );
}
