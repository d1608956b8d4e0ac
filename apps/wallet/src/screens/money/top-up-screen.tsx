import { formatAmount } from '@sikka/protocol';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Body, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { plainAmount } from '../../language/amount-text.ts';
import { openTopUps } from '../../wallet/top-ups.ts';
import type { TopUp, TopUpAnswer } from '../../wallet/top-ups.ts';
import { readTypedAmount } from '../../wallet/typed-amount.ts';
import { useAmounts } from '../amounts.ts';
import { DoneFoot } from '../done-foot.tsx';
import { FormScreen, PasswordField } from '../form-screen.tsx';
import { CodeStep } from '../start/code-step.tsx';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';
import { EarlierRefused } from './earlier-refused.tsx';
import type { EarlierOrder } from './earlier-refused.tsx';
import { AmountField, BankAccountField } from './money-fields.tsx';

/** Asked for and not come in yet: the code that was mailed brings it. */
interface Asked {
  readonly wallet: number;
  readonly amountMinor: bigint;
  readonly demoCode: string | undefined;
}

/** Money from the person's account at another bank: amount, account, password, mailed code. */
export function TopUpScreen() {
  const { speech } = useApp();
  const money = useMoney();
  const topUps = openTopUps(money.ordering);
  const asked = useSignal<Asked | undefined>(undefined);
  const earlier = useSignal<EarlierOrder | undefined>(undefined);
  const awaited = useSignal<string | undefined>(undefined);
  const refused = useSignal<string | undefined>(undefined);
  const open = useSignal<{ readonly topUp: TopUp | undefined } | undefined>(undefined);
  const look = async () => {
    open.value = { topUp: await topUps.kept() };
  };
  useEffect(() => void look(), []);
  const tell = useTell((reference) => (awaited.value = reference));
  if (awaited.value !== undefined) return <AwaitedScreen reference={awaited.value} />;
  if (open.value === undefined) return null;
  const before = open.value.topUp;
  if (before !== undefined) {
    const ask = async () => {
      const answer = await topUps.resume();
      refused.value = answer && tell(answer);
      await look();
      return refused.value;
    };
    return <OpenScreen topUp={before} ask={ask} />;
  }
  if (asked.value === undefined) {
    return <AskScreen refused={refused.value} onAsked={(order) => (asked.value = order)} />;
  }
  if (earlier.value !== undefined) {
    const title = speech.text('money.topUp');
    const onSeen = () => (earlier.value = undefined);
    return <EarlierRefused title={title} order={earlier.value} onSeen={onSeen} />;
  }
  const { demoCode, ...order } = asked.value;
  return (
    <CodeStep
      email={money.profile.email}
      demoCode={demoCode}
      onBack={() => {
        asked.value = undefined;
      }}
      submit={async (otp) => {
        const answer = await topUps.confirm(order, otp);
        const { amountMinor, wallet } = answer.topUp;
        const isThis = amountMinor === order.amountMinor && wallet === order.wallet;
        const code = tell(answer);
        await look();
        if (code === undefined || isThis || open.value?.topUp !== undefined) return code;
        earlier.value = { amountMinor, code };
        return undefined;
      }}
    />
  );
}

/** Says what became of it; a code where it was refused. */
function useTell(
  onAwaited: (reference: string) => void,
): (answer: TopUpAnswer) => string | undefined {
  const { speech, navigation, toast } = useApp();
  const { sync } = useMoney();
  const amounts = useAmounts();
  return (answer) => {
    if (!answer.ok) return answer.code;
    void sync.run();
    if (answer.status === 'awaited') {
      onAwaited(answer.reference);
      return undefined;
    }
    const amount = plainAmount(amounts.of(answer.topUp.amountMinor));
    toast.value = speech.text('money.toppedUp', { amount });
    navigation.replace('home');
    return undefined;
  };
}

interface OpenScreenProps {
  readonly topUp: TopUp;
  readonly ask: () => Promise<string | undefined>;
}

/** The code went out and no answer came: it is asked for under the same key. */
function OpenScreen({ topUp, ask }: OpenScreenProps) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const task = useTask();
  return (
    <FormScreen
      title={speech.text('money.topUp')}
      task={task}
      action={speech.text('money.askAgain')}
      onSubmit={() => void task.run(ask)}
    >
      <Amount amount={amounts.exactly(topUp.amountMinor)} size="28" />
      <Notice icon="info">{speech.text('money.topUpMaybe')}</Notice>
    </FormScreen>
  );
}

interface AskScreenProps {
  readonly onAsked: (order: Asked) => void;
  /** Why the one before came to nothing. */
  readonly refused: string | undefined;
}

function AskScreen({ onAsked, refused }: AskScreenProps) {
  const { speech, client } = useApp();
  const { online, currency, sync } = useMoney();
  const [amount, account, password] = [useSignal(''), useSignal(''), useSignal('')];
  const task = useTask();
  const ask = () =>
    task.run(async () => {
      const amountMinor = readTypedAmount(amount.value, currency);
      if (amountMinor === undefined) return 'amount/invalid';
      if (online.value === undefined) await sync.run();
      const wallet = online.value?.current?.number;
      if (wallet === undefined) return 'client/unreachable';
      const answer = await client.topUp({
        body: {
          ...{ wallet_id: wallet, amount: formatAmount(amountMinor, currency) },
          ...{ password: password.value, bank_account_number: account.value.trim() },
        },
      });
      if (!answer.ok) return answer.problem.code;
      const demoCode = answer.value.otp_demo;
      onAsked({ wallet, amountMinor, demoCode });
      return undefined;
    });
  return (
    <FormScreen
      title={speech.text('money.topUp')}
      more={speech.text('money.topUpMore')}
      task={{ ...task, refused: task.refused ?? refused }}
      action={speech.text('common.continue')}
      onSubmit={() => void ask()}
    >
      <AmountField value={amount} />
      <BankAccountField value={account} />
      <PasswordField value={password} />
    </FormScreen>
  );
}

/** The money must be sent from the other bank, under a reference. */
function AwaitedScreen({ reference }: { readonly reference: string }) {
  const { speech } = useApp();
  return (
    <Screen>
      <TitleBar title={speech.text('money.topUp')} heading={false} />
      <Body>
        <Empty title={speech.text('money.awaited')} icon="bank">
          <Text size="lead">{speech.text('money.awaitedMore')}</Text>
          <Title level="part">{reference}</Title>
        </Empty>
      </Body>
      <DoneFoot />
    </Screen>
  );
}
