import { formatAmount } from '@sikka/protocol';
import { useSignal } from '@preact/signals';
import { useApp, useMoney } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Empty } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { plainAmount } from '../../language/amount-text.ts';
import { readTypedAmount } from '../../wallet/typed-amount.ts';
import { useAmounts } from '../amounts.ts';
import { FormScreen, PasswordField } from '../form-screen.tsx';
import { CodeStep } from '../start/code-step.tsx';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';
import { AmountField, BankAccountField } from './money-fields.tsx';

/** Asked for and not come in yet: the code that was mailed brings it. */
interface Asked {
  readonly wallet: number;
  readonly amountMinor: bigint;
  readonly demoCode: string | undefined;
  /** The same at every try, so that money is brought in once. */
  readonly key: string;
}

/** Money from the person's account at another bank: amount, account, password, mailed code. */
export function TopUpScreen() {
  const { speech, navigation, toast, client } = useApp();
  const money = useMoney();
  const amounts = useAmounts();
  const asked = useSignal<Asked | undefined>(undefined);
  const awaited = useSignal<string | undefined>(undefined);
  if (awaited.value !== undefined) return <AwaitedScreen reference={awaited.value} />;
  if (asked.value === undefined) return <AskScreen onAsked={(order) => (asked.value = order)} />;
  const { wallet, amountMinor, demoCode, key } = asked.value;
  return (
    <CodeStep
      email={money.profile.email}
      demoCode={demoCode}
      onBack={() => {
        asked.value = undefined;
      }}
      submit={async (otp) => {
        const body = { wallet_id: wallet, otp, amount: formatAmount(amountMinor, money.currency) };
        const answer = await client.verifyTopUp({ body, idempotencyKey: key });
        if (!answer.ok) return answer.problem.code;
        void money.sync.run();
        if (answer.status === 202) {
          awaited.value = referenceIn(answer.value.msg);
          return undefined;
        }
        const amount = plainAmount(amounts.of(amountMinor));
        toast.value = speech.text('money.toppedUp', { amount });
        navigation.replace('home');
        return undefined;
      }}
    />
  );
}

function AskScreen({ onAsked }: { readonly onAsked: (order: Asked) => void }) {
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
      onAsked({ wallet, amountMinor, demoCode, key: crypto.randomUUID() });
      return undefined;
    });
  return (
    <FormScreen
      title={speech.text('money.topUp')}
      more={speech.text('money.topUpMore')}
      task={task}
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
  const { speech, navigation } = useApp();
  return (
    <Screen>
      <TitleBar title={speech.text('money.topUp')} heading={false} />
      <Body>
        <Empty title={speech.text('money.awaited')} icon="bank">
          <Text size="lead">{speech.text('money.awaitedMore')}</Text>
          <Title level="part">{reference}</Title>
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

/** The last word of the bank's sentence: letters, digits and dashes. */
function referenceIn(sentence: string): string {
  return /([A-Z0-9-]+)\.?$/.exec(sentence)?.[1] ?? '';
}
