import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { GivenView } from '@sikka/wallet/payer';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Payee, PaySum } from '../../design/payee.tsx';
import { Ring } from '../../design/ring.tsx';
import { Bar, Body, Head, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import type { Money } from '../../wallet/money.ts';
import { spendableOf } from '../../wallet/spendable.ts';
import type { Spendable } from '../../wallet/spendable.ts';
import { useAmounts } from '../amounts.ts';
import { PayPin } from './pay-pin.tsx';
import { isUnsure, madeSince } from './made-since.ts';
import { flowOf, placeToGive } from './payment-flow.ts';
import type { Draft } from './payment-flow.ts';
import { RefusedScreen } from './refused-screen.tsx';

/** The last look before money is signed away; a reload leads home, and nothing was paid. */
export function ConfirmScreen() {
  const { navigation } = useApp();
  const money = useMoney();
  const draft = flowOf(money).draft.value;
  const amountMinor = draft?.amountMinor;
  useEffect(() => {
    if (amountMinor === undefined) navigation.replace('home');
  }, [amountMinor, navigation]);
  if (draft === undefined || amountMinor === undefined) return null;
  return <Confirm draft={draft} amountMinor={amountMinor} />;
}

interface ConfirmProps {
  readonly draft: Draft;
  readonly amountMinor: bigint;
}

/** The reeds go out within 420 ms; then the code rises. */
const REEDS_MS = 520;

function Confirm({ draft, amountMinor }: ConfirmProps) {
  const { speech, navigation, toast, feel } = useApp();
  const money = useMoney();
  const refused = useSignal<string | undefined>(undefined);
  const before = useSignal<Spendable | undefined>(undefined);
  const spendable = before.value ?? spendableOf(money.spending.value);
  const short = amountMinor > spendable.atOnceMinor;
  const pay = async (pin: string): Promise<string | undefined> => {
    // What was there before stays on the screen until the reeds have gone out.
    const held = spendable;
    const known = money.spending.value.payments;
    const answer = await money.payer.pay(draft.given, { amountMinor, pin });
    if (answer.ok) {
      before.value = held;
      feel('signed');
      // Not handed in yet: the shop may not take it, and then it must not be.
      await money.tell();
      await goneOut();
      navigation.replace(placeToGive(money), answer.paymentId);
      return undefined;
    }
    if (answer.payment !== undefined) {
      toast.value = speech.text('pay.alreadyPaid');
      navigation.replace(placeToGive(money), answer.payment.paymentId);
      return undefined;
    }
    if (answer.code.startsWith('wallet/pin_')) return answer.code;
    const pressed = { payee: draft.asked.payee, amountMinor };
    const made = isUnsure(answer.code) ? await madeAfterAll(money, known, pressed) : undefined;
    if (made === undefined) refused.value = answer.code;
    else navigation.replace(placeToGive(money), made.paymentId);
    return undefined;
  };
  const code = refused.value ?? (short ? shortCode(spendable) : undefined);
  if (code !== undefined) {
    const again = () => {
      navigation.replace('scan');
    };
    return (
      <RefusedScreen
        {...{ code, amountMinor }}
        unsure={refused.value !== undefined && isUnsure(code)}
        onAgain={again}
      />
    );
  }
  return (
    <Screen>
      <Asked draft={draft} amountMinor={amountMinor} leftMinor={spendable.leftMinor} />
      {before.value === undefined ? (
        <Body>
          <PayPin onPin={pay} />
        </Body>
      ) : (
        <Signed before={before.value} amountMinor={amountMinor} />
      )}
    </Screen>
  );
}

async function madeAfterAll(
  money: Money,
  known: readonly GivenView[],
  pressed: Pick<GivenView, 'payee' | 'amountMinor'>,
): Promise<Pick<GivenView, 'paymentId'> | undefined> {
  await money.refresh();
  return madeSince(known, money.spending.value.payments, pressed);
}

function shortCode({ standing }: Spendable): string {
  switch (standing) {
    case 'stopped':
      return 'wallet/spending_stopped';
    case 'not_enrolled':
    case 'none':
    case 'used':
    case 'expired':
      return 'wallet/no_allowance';
    case 'ready':
      return 'over_limit';
  }
}

interface AskedProps extends ConfirmProps {
  readonly leftMinor: bigint;
}

/** Who, how much, and what it leaves: the name is the largest thing. */
function Asked({ draft, amountMinor, leftMinor }: AskedProps) {
  const { speech, navigation } = useApp();
  const amounts = useAmounts();
  const { name, town, till } = draft.asked.payee;
  const back = () => {
    navigation.back();
  };
  return (
    <>
      <Head>
        <Bar
          title={speech.text('pay.youArePaying')}
          leading={{ icon: 'back', label: speech.text('common.back'), onPress: back }}
        />
        <Payee name={name} town={town} by={speech.text('pay.nameCheckedTill', { till })} />
      </Head>
      <PaySum
        amount={amounts.of(amountMinor)}
        leaves={speech.rich('pay.leaves', {
          left: <Amount amount={amounts.of(leftMinor - amountMinor)} />,
        })}
        inWords={amounts.inWords(amountMinor)}
      />
    </>
  );
}

interface SignedProps {
  readonly before: Spendable;
  readonly amountMinor: bigint;
}

function Signed({ before, amountMinor }: SignedProps) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const left = before.leftMinor - amountMinor;
  const values = { left: amounts.inWords(left), total: amounts.inWords(before.totalMinor) };
  return (
    <Body place="middle" center>
      <Ring
        size="medium"
        left={left}
        justSpent={amountMinor}
        total={before.totalMinor}
        label={speech.text('pay.leftOfTotal', values)}
      />
      <Text strong>{speech.text('pay.signed')}</Text>
    </Body>
  );
}

function goneOut(): Promise<void> {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return new Promise((resolve) => {
    setTimeout(resolve, still ? 0 : REEDS_MS);
  });
}
