import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { AcceptedView, ShownReceipt } from '@sikka/wallet/payee';
import { useApp } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Stack } from '../../design/layout.tsx';
import { Remark } from '../../design/notice.tsx';
import { Frames, QrCard } from '../../design/qr-card.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { TwoWords } from '../../design/two-words.tsx';
import { keepScreenOn } from '../../platform/wake-lock.ts';
import { useAmounts } from '../amounts.ts';
import { biggerCodes, fitsOneCode, oneCode } from '../payment-codes.ts';
import { STATE_WORDS } from '../payment-words.ts';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';
import { useTill } from './use-till.ts';

/** The receipt of a sale as the customer scans it; the same as often as it is shown. */
export function TillReceiptScreen({ id }: ScreenProps) {
  const { navigation } = useApp();
  const till = useTill();
  const payee = till?.payee;
  const shown = useSignal<ShownReceipt | undefined>(undefined);
  useEffect(() => {
    const read = async () => {
      const answer = await payee?.showReceipt(id);
      if (answer?.ok === true) shown.value = answer;
      else navigation.replace('till');
    };
    void read();
  }, [id, payee, navigation, shown]);
  useEffect(keepScreenOn, []);
  const sale = till?.state.payments.find(({ paymentId }) => paymentId === id);
  if (shown.value === undefined || sale === undefined) {
    return (
      <Screen surface="white">
        <span />
      </Screen>
    );
  }
  return <Receipt receipt={shown.value} sale={sale} />;
}

interface ReceiptProps {
  readonly receipt: ShownReceipt;
  readonly sale: AcceptedView;
}

function Receipt({ receipt, sale }: ReceiptProps) {
  const { speech, times, navigation, vault } = useApp();
  const amounts = useAmounts();
  const mayRefund =
    vault.state.value.kind === 'open' &&
    sale.state !== 'rejected' &&
    sale.refundedMinor < sale.amountMinor;
  return (
    <Screen surface="white">
      <Bar
        title={speech.text('receive.receiptTitle')}
        leading={{ icon: 'close', label: speech.text('common.close'), onPress: navigation.back }}
      />
      <Picture receipt={receipt} sale={sale} />
      <Body>
        <Stack gap={2} center>
          <Amount amount={amounts.of(sale.amountMinor)} size="38" />
          <Text size="small" tone="quiet" center>
            {speech.text('receive.stateAndTime', {
              state: speech.text(STATE_WORDS[sale.state]),
              time: times.moment(sale.at),
            })}
          </Text>
          <TwoWords
            {...spokenWords(sale.twoWords)}
            captionAfter
            caption={speech.text('receive.sameTwoWords')}
          />
        </Stack>
        {sale.extra ? (
          <Remark icon="info">{speech.text('receive.extraPayment')}</Remark>
        ) : undefined}
      </Body>
      <Foot>
        <Button kind="primary" onPress={navigation.back}>
          {speech.text('common.done')}
        </Button>
        {mayRefund ? (
          <Button
            kind="text"
            icon="refund"
            onPress={() => {
              navigation.go('refund', sale.paymentId);
            }}
          >
            {speech.text('receive.giveBack')}
          </Button>
        ) : undefined}
      </Foot>
    </Screen>
  );
}

function Picture({ receipt, sale }: ReceiptProps) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const inParts = !fitsOneCode(receipt.text);
  const codes = useMemo(
    () => (inParts ? biggerCodes(receipt.packet) : [oneCode(receipt.text)]),
    [inParts, receipt],
  );
  const label = speech.text('receive.receiptLabel', { amount: amounts.inWords(sale.amountMinor) });
  const [first] = codes;
  if (inParts || first === undefined) {
    return (
      <Frames
        frames={codes}
        label={label}
        caption={(number, of) => speech.text('receive.partOf', { number, of })}
      />
    );
  }
  return <QrCard code={first} label={label} />;
}
