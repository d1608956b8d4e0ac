import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { GivenView, ShownPayment } from '@sikka/wallet/payer';
import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Stack } from '../../design/layout.tsx';
import { Remark } from '../../design/notice.tsx';
import { BarStatus } from '../../design/pill.tsx';
import { Frames, QrCard } from '../../design/qr-card.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { TwoWords } from '../../design/two-words.tsx';
import { UserText } from '../../design/words.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { keepScreenOn } from '../../platform/wake-lock.ts';
import { useAmounts } from '../amounts.ts';
import { biggerCodes, fitsOneCode, oneCode } from '../payment-codes.ts';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';
import { NotTakenSheet } from './not-taken-sheet.tsx';
import { OtherWaysSheet } from './other-ways-sheet.tsx';
import { flowOf } from './payment-flow.ts';

/** A payment made, as the shop scans it; the same bytes as often as it is looked at. */
export function CodeScreen({ id }: ScreenProps) {
  const { navigation, speech, toast } = useApp();
  const money = useMoney();
  const { payer, spending } = money;
  const shown = useSignal<ShownPayment | undefined>(undefined);
  useEffect(() => {
    const read = async () => {
      const answer = await payer.show(id);
      if (answer.ok) {
        shown.value = answer;
        return;
      }
      if (answer.code !== 'wallet/payment_unknown') {
        toast.value = sentenceOf(speech, answer.code);
      }
      navigation.replace('home');
    };
    void read();
  }, [id, payer, navigation, shown, speech, toast]);
  useEffect(() => {
    // What led here is done with.
    flowOf(money).draft.value = undefined;
    return () => money.sync.soon();
  }, [money]);
  useEffect(keepScreenOn, []);
  const given = spending.value.payments.find(({ paymentId }) => paymentId === id);
  if (shown.value === undefined) {
    return (
      <Screen surface="white">
        <span />
      </Screen>
    );
  }
  return <Code payment={shown.value} given={given} />;
}

interface CodeProps {
  readonly payment: ShownPayment;
  readonly given: GivenView | undefined;
}

/** Then most shops have scanned it, or their camera cannot see it. */
const SLOW_MS = 10_000;

function Code({ payment, given }: CodeProps) {
  const { speech, navigation } = useApp();
  const sheet = useSignal<'ways' | 'not_taken' | undefined>(undefined);
  const inParts = useSignal(!fitsOneCode(payment.text));
  const slow = useSlow();
  const close = () => {
    navigation.replace('home');
  };
  const decided = given?.state === 'settled' || given?.state === 'rejected';
  return (
    <Screen surface="white">
      <Bar
        title={speech.text('pay.showToShop')}
        leading={{ icon: 'close', label: speech.text('common.close'), onPress: close }}
      >
        <BarStatus icon="sun">{speech.text('pay.staysOn')}</BarStatus>
      </Bar>
      <CodePicture payment={payment} inParts={inParts.value} />
      <Body place="top">
        <About payment={payment} />
        <Stack grows="bottom">
          <Remark icon={slow ? 'sun' : 'history'}>
            {speech.text(slow ? 'pay.turnUpBrightness' : 'pay.showAgain')}
          </Remark>
        </Stack>
      </Body>
      <Foot>
        <Button
          kind="primary"
          icon="scan"
          onPress={() => {
            navigation.go('payReceipt', payment.paymentId);
          }}
        >
          {speech.text('pay.scanReceipt')}
        </Button>
        <Button kind="text" onPress={() => (sheet.value = 'ways')}>
          {speech.text('pay.notScanning')}
        </Button>
      </Foot>
      {sheet.value === 'ways' ? (
        <OtherWaysSheet
          payment={payment}
          inParts={inParts.value}
          onParts={() => (inParts.value = !inParts.value)}
          onClose={() => (sheet.value = undefined)}
          {...(given === undefined || given.hasReceipt || decided || given.withheld
            ? {}
            : { onNotTaken: () => (sheet.value = 'not_taken') })}
        />
      ) : undefined}
      {sheet.value === 'not_taken' ? (
        <NotTakenSheet paymentId={payment.paymentId} onClose={() => (sheet.value = undefined)} />
      ) : undefined}
    </Screen>
  );
}

function CodePicture({ payment, inParts }: { payment: ShownPayment; inParts: boolean }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const codes = useMemo(
    () => (inParts ? biggerCodes(payment.packet) : [oneCode(payment.text)]),
    [inParts, payment],
  );
  const [first] = codes;
  const label = speech.text('pay.codeLabel', {
    amount: amounts.inWords(payment.amountMinor),
    name: payment.payee.name,
  });
  if (first === undefined) return null;
  if (!inParts) return <QrCard code={first} label={label} />;
  return (
    <Frames
      frames={codes}
      label={label}
      caption={(number, of) => speech.text('pay.partOf', { number, of })}
    />
  );
}

function About({ payment }: { readonly payment: ShownPayment }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const { name, town } = payment.payee;
  return (
    <Stack gap={1} center>
      <Amount amount={amounts.of(payment.amountMinor)} size="28" />
      <Text tone="quiet" center>
        <UserText>{name}</UserText> · <UserText>{town}</UserText>
      </Text>
      <TwoWords
        {...spokenWords(payment.twoWords)}
        // Nastaliq needs the height of two lines for one.
        small={speech.language.value === 'ur'}
        caption={speech.text('pay.sameTwoWordsThere')}
      />
    </Stack>
  );
}

function useSlow(): boolean {
  const slow = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => (slow.value = true), SLOW_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [slow]);
  return slow.value;
}
