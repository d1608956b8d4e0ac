import { currencyOf } from '@sikka/protocol';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Chips } from '../../design/choice.tsx';
import { typedAmount } from '../../design/keypad-input.ts';
import { Keypad } from '../../design/keypad.tsx';
import { Display } from '../../design/payee.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { figuresOf } from '../../language/amount.ts';
import type { Money } from '../../wallet/money.ts';
import { useAmounts } from '../amounts.ts';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';
import { MoveScreen } from './move-screen.tsx';
import { Refused } from './refused.tsx';
import { useMoveEnd } from './use-move-end.ts';

/** What people take for a day, in whole units. */
const CHOICES = ['500', '1000', '2000', '5000'] as const;

/** How much the bank sets aside for spending without a network. */
export function LoadScreen() {
  const { loads } = useMoney();
  useMoveEnd();
  return loads.current.value === undefined ? <ChooseAmount /> : <MoveScreen />;
}

function ChooseAmount() {
  const { speech } = useApp();
  const money = useMoney();
  const amounts = useAmounts();
  const digits = useSignal('');
  const task = useTask();
  const unit = 10n ** BigInt(currencyOf(money.currency)?.exponent ?? 2);
  const amountMinor = BigInt(digits.value === '' ? '0' : digits.value) * unit;
  const most = mostOf(money);
  const tooMuch = most !== undefined && amountMinor > most;
  // The balance may be old: ask while one types.
  useEffect(() => void money.sync.run(), [money.sync]);
  const load = () => {
    if (amountMinor > 0n && !tooMuch) void task.run(() => loadNow(money, amountMinor));
  };
  return (
    <Screen>
      <TitleBar title={speech.text('money.load')} />
      <Body place="pad">
        <Display amount={amounts.of(amountMinor)}>
          <Known tooMuch={tooMuch} />
        </Display>
        <Refused code={task.refused} />
        <Chips
          label={speech.text('money.howMuch')}
          value={digits.value}
          onChange={(value) => (digits.value = value)}
          options={CHOICES.map((value) => {
            const { whole } = figuresOf(BigInt(value) * unit, { currency: money.currency });
            return { value: value, title: speech.digits(whole) };
          })}
        />
        <Keypad
          corner="00"
          labels={{ keypad: speech.text('money.keypad'), delete: speech.text('common.delete') }}
          face={(digit) => speech.digits(digit)}
          onKey={(key) => (digits.value = typedAmount(digits.value, key))}
          onEnter={load}
          waiting={task.busy}
        />
      </Body>
      <Foot>
        <Button
          kind="primary"
          icon="load"
          onPress={load}
          busy={task.busy}
          disabled={tooMuch || amountMinor === 0n}
          reasonId="load-note"
        >
          {speech.text('money.loadNow')}
        </Button>
      </Foot>
    </Screen>
  );
}

/** What could be set aside, as far as is known: also what is in the offline wallet and free. */
function mostOf({ online }: Money): bigint | undefined {
  const known = online.value;
  if (known?.current === undefined) return undefined;
  return known.current.availableMinor + (known.offline?.availableMinor ?? 0n);
}

async function loadNow({ loads }: Money, amountMinor: bigint): Promise<string | undefined> {
  const answer = await loads.load(amountMinor);
  // What has begun and waits is shown as such, by the screen that goes on with it.
  return answer.ok || loads.current.value !== undefined ? undefined : answer.code;
}

function Known({ tooMuch }: { readonly tooMuch: boolean }) {
  const { speech, times } = useApp();
  const { online } = useMoney();
  const amounts = useAmounts();
  const known = online.value;
  if (known?.current === undefined) {
    return (
      <Text id="load-note" tone="quiet" center>
        {speech.text('money.balanceUnknown')}
      </Text>
    );
  }
  const values = {
    amount: <Amount amount={amounts.exactly(known.current.availableMinor)} />,
    ago: times.ago(known.at),
  };
  return (
    <Text id="load-note" tone={tooMuch ? 'bad' : 'quiet'} center>
      {speech.rich(tooMuch ? 'money.moreThanBalance' : 'money.balanceKnown', values)}
    </Text>
  );
}
