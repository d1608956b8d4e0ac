import { useSignal } from '@preact/signals';
import { useApp, useCounter } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button, IconButton } from '../../design/button.tsx';
import { typedAmount } from '../../design/keypad-input.ts';
import { Keypad } from '../../design/keypad.tsx';
import { Grow, Line } from '../../design/layout.tsx';
import { Display, NoteButton } from '../../design/payee.tsx';
import { Pill } from '../../design/pill.tsx';
import { Body, Foot, Head, HomeBar, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { UserText } from '../../design/words.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import type { Till } from '../../wallet/money.ts';
import { useAmounts } from '../amounts.ts';
import { Flash } from '../flash.tsx';
import type { ScreenProps } from '../screen-table.ts';
import { useTask } from '../use-task.ts';
import { minorOf, VALID_SECONDS } from './ask.ts';
import { NoteSheet } from './note-sheet.tsx';
import { keepNote, saleOf } from './sale.ts';
import { SetUpScreen } from './set-up-screen.tsx';
import { TillMenu } from './till-menu.tsx';
import { useDrawer, useTill } from './use-till.ts';

/** The till: an amount, and its code. Where this phone is none yet, how it becomes one. */
export function TillScreen({ id }: ScreenProps) {
  const till = useTill();
  return till?.state.seller === undefined ? <SetUpScreen id={id} /> : <Register till={till} />;
}

function Register({ till }: { readonly till: Till }) {
  const { speech } = useApp();
  const counter = useCounter();
  const amounts = useAmounts();
  const sheet = useSignal<'menu' | 'note' | undefined>(undefined);
  const { digits, note } = saleOf(counter);
  const close = () => (sheet.value = undefined);
  const ask = useAsk(till);
  const amountMinor = minorOf(digits.value, counter.currency);
  return (
    <Screen name={speech.text('receive.till')}>
      <Head grows>
        <TillBar till={till} onMenu={() => (sheet.value = 'menu')} />
        <Display amount={amounts.of(amountMinor)}>
          <NoteButton onPress={() => (sheet.value = 'note')}>
            {note.value === '' ? speech.text('receive.addNote') : <UserText>{note.value}</UserText>}
          </NoteButton>
        </Display>
      </Head>
      <Body place="pad">
        <Keypad
          size="till"
          corner="00"
          labels={{
            keypad: speech.text('receive.amountKeypad'),
            delete: speech.text('common.delete'),
          }}
          face={(digit) => speech.digits(digit)}
          onKey={(key) => (digits.value = typedAmount(digits.value, key))}
          onEnter={() => void ask.run(amountMinor)}
        />
      </Body>
      <Flash />
      <Foot>
        <MainAction amountMinor={amountMinor} ask={ask} />
      </Foot>
      {sheet.value === 'menu' ? <TillMenu onClose={close} /> : undefined}
      {sheet.value === 'note' ? <NoteSheet note={note} onClose={close} /> : undefined}
    </Screen>
  );
}

interface TillBarProps {
  readonly till: Till;
  readonly onMenu: () => void;
}

function TillBar({ till, onMenu }: TillBarProps) {
  const { speech, navigation } = useApp();
  const { seller } = till.state;
  const { length: count } = till.pending.payments;
  return (
    <HomeBar>
      <Grow>
        <Text strong>
          <UserText>{seller?.name ?? ''}</UserText>
        </Text>
        <Text size="small" tone="quiet">
          <UserText>{seller?.town ?? ''}</UserText>
          {speech.text('receive.dotTill', { till: String(seller?.till ?? '') })}
        </Text>
      </Grow>
      <Line gap={1}>
        {count === 0 ? undefined : (
          <Pill
            icon="state-received"
            onPress={() => {
              navigation.go('queue');
            }}
          >
            {speech.text('receive.toSend', { count })}
          </Pill>
        )}
        <IconButton icon="more" label={speech.text('common.more')} onPress={onMenu} />
      </Line>
    </HomeBar>
  );
}

interface MainActionProps {
  readonly amountMinor: bigint;
  readonly ask: ReturnType<typeof useAsk>;
}

/** With an amount its code; without one, what a customer shows who paid the printed code. */
function MainAction({ amountMinor, ask }: MainActionProps) {
  const { speech, navigation } = useApp();
  const amounts = useAmounts();
  if (amountMinor === 0n) {
    return (
      <Button
        kind="primary"
        icon="scan"
        onPress={() => {
          navigation.go('tillScan', 'printed');
        }}
      >
        {speech.text('receive.scanAPayment')}
      </Button>
    );
  }
  return (
    <Button kind="primary" icon="qr" busy={ask.busy} onPress={() => void ask.run(amountMinor)}>
      {speech.rich('receive.showCodeFor', { amount: <Amount amount={amounts.of(amountMinor)} /> })}
    </Button>
  );
}

/** Signs the request, keeps what is sold with it, and shows its code. */
function useAsk(till: Till) {
  const { speech, navigation, toast } = useApp();
  const { note } = saleOf(useCounter());
  const drawer = useDrawer();
  const task = useTask();
  return {
    busy: task.busy,
    run: (amountMinor: bigint) =>
      task.run(async () => {
        if (amountMinor === 0n) return undefined;
        const asked = await till.payee.createRequest({ amountMinor, validFor: VALID_SECONDS });
        if (!asked.ok) {
          toast.value = sentenceOf(speech, asked.code);
          return asked.code;
        }
        if (drawer !== undefined) await keepNote(drawer, asked.requestId, note.value);
        navigation.go('tillRequest', asked.requestId);
        return undefined;
      }),
  };
}
