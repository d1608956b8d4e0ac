import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useCounter } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { Text } from '../../design/text.tsx';
import { TwoWords } from '../../design/two-words.tsx';
import { GHOST_TAP_MS, Verdict } from '../../design/verdict.tsx';
import type { MessageKey } from '../../language/catalogue.ts';
import { sentenceOf } from '../../language/refusal.ts';
import { useAmounts } from '../amounts.ts';
import { STATE_WORDS } from '../payment-words.ts';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';
import { digitsOf } from './ask.ts';
import type { Doubt, Judged } from './judged.ts';
import { NEXT_STEPS, REASONS } from './reasons.ts';
import { saleOf } from './sale.ts';
import { useTill } from './use-till.ts';

/** Is this money good? It stays until it is touched, and too soon a touch is not meant. */
export function VerdictScreen(_: ScreenProps) {
  const { navigation } = useApp();
  const { judged } = saleOf(useCounter());
  useEffect(() => {
    if (judged.value === undefined) navigation.replace('till');
    const letGo = navigation.holdBack(() => undefined);
    const timer = setTimeout(letGo, GHOST_TAP_MS);
    return () => {
      clearTimeout(timer);
      letGo();
    };
  }, [judged.value, navigation]);
  const { value } = judged;
  if (value === undefined) return null;
  if (value.tone === 'ok') return <Green judged={value} />;
  return value.tone === 'warn' ? <Amber judged={value} /> : <Red judged={value} />;
}

type Of<Tone extends Judged['tone']> = { readonly judged: Extract<Judged, { tone: Tone }> };

function Green({ judged: { payment } }: Of<'ok'>) {
  const { speech, times } = useApp();
  const amounts = useAmounts();
  return (
    <Verdict
      tone="ok"
      word={speech.text('receive.paid')}
      amount={amounts.of(payment.amountMinor)}
      facts={[
        { icon: 'shield', text: speech.text('receive.checkedHere') },
        {
          icon: 'clock',
          text: speech.rich('receive.sendBy', {
            deadline: <b>{times.deadline(payment.handInBy)}</b>,
          }),
        },
      ]}
      actions={<AfterSale paymentId={payment.paymentId} />}
    >
      <TwoWords
        {...spokenWords(payment.twoWords)}
        captionAfter
        caption={speech.text('receive.sameTwoWords')}
      />
    </Verdict>
  );
}

function AfterSale({ paymentId }: { readonly paymentId: string }) {
  const { speech, navigation } = useApp();
  return (
    <>
      <Button kind="primary" onPress={navigation.back}>
        {speech.text('receive.nextSale')}
      </Button>
      <Button
        icon="qr"
        onPress={() => {
          navigation.replace('tillReceipt', paymentId);
        }}
      >
        {speech.text('receive.showReceipt')}
      </Button>
    </>
  );
}

interface DoubtWords {
  readonly word: MessageKey;
  readonly reason: MessageKey;
  readonly what: MessageKey;
}

const DOUBTS: Readonly<Record<Exclude<Doubt, 'duplicate'>, DoubtWords>> = {
  clock: {
    word: 'receive.takenWithCare',
    reason: 'receive.clockUnsure',
    what: 'receive.clockWhat',
  },
  news: { word: 'receive.takenWithCare', reason: 'receive.newsOld', what: 'receive.newsWhat' },
};

function Amber({ judged: { why, payment } }: Of<'warn'>) {
  const { speech, times } = useApp();
  const amounts = useAmounts();
  const words = spokenWords(payment.twoWords);
  if (why === 'duplicate') return <Duplicate {...{ payment }} />;
  const { word, reason, what } = DOUBTS[why];
  return (
    <Verdict
      tone="warn"
      word={speech.text(word)}
      amount={amounts.of(payment.amountMinor)}
      amountSize="48"
      reason={speech.text(reason)}
      facts={[
        { icon: 'info', text: speech.text(what) },
        {
          icon: 'clock',
          text: speech.rich('receive.sendBy', {
            deadline: <b>{times.deadline(payment.handInBy)}</b>,
          }),
        },
      ]}
      actions={<AfterSale paymentId={payment.paymentId} />}
    >
      <TwoWords {...words} captionAfter caption={speech.text('receive.sameTwoWords')} />
    </Verdict>
  );
}

function Duplicate({ payment }: Pick<Of<'warn'>['judged'], 'payment'>) {
  const { speech, times, navigation } = useApp();
  const amounts = useAmounts();
  const again = useAgain(payment.amountMinor);
  const { state, twoWords } = payment;
  return (
    <Verdict
      tone="warn"
      word={speech.text('receive.alreadyCounted')}
      amount={amounts.of(payment.amountMinor)}
      amountSize="48"
      reason={speech.rich('receive.countedAt', { moment: <b>{times.moment(payment.at)}</b> })}
      facts={[
        { icon: 'info', text: speech.text('receive.secondSale') },
        {
          icon: `state-${state}`,
          text: speech.text('receive.firstPayment', {
            words: speech.language.value === 'ur' ? spokenWords(twoWords).ur : twoWords.join(' '),
            state: speech.text(STATE_WORDS[state]),
          }),
        },
      ]}
      actions={
        <>
          <Button kind="primary" onPress={again}>
            {speech.text('receive.askNew')}
          </Button>
          <Button
            onPress={() => {
              navigation.replace('tillReceipt', payment.paymentId);
            }}
          >
            {speech.text('receive.seeFirst')}
          </Button>
        </>
      }
    />
  );
}

/** Back to the till with the amount typed: one touch shows a new code. */
function useAgain(amountMinor: bigint | undefined): () => void {
  const { navigation } = useApp();
  const counter = useCounter();
  return () => {
    const { digits } = saleOf(counter);
    if (amountMinor !== undefined) digits.value = digitsOf(amountMinor, counter.currency);
    navigation.back();
  };
}

function Red({ judged }: Of<'bad'>) {
  const { speech, navigation } = useApp();
  const payee = useTill()?.payee;
  const amounts = useAmounts();
  const more = useSignal(false);
  const { code, asked } = judged;
  const again = useAgain(asked.amountMinor);
  const reason = REASONS[code];
  const showAgain = async () => {
    const open = await payee?.showRequest(asked.requestId);
    if (open?.ok === true) navigation.replace('tillRequest', asked.requestId);
    else again();
  };
  return (
    <>
      <Verdict
        tone="bad"
        word={speech.text('receive.notPaid')}
        {...(asked.amountMinor === undefined ? {} : { amount: amounts.of(asked.amountMinor) })}
        amountSize="38"
        reason={reason === undefined ? sentenceOf(speech, code) : speech.text(reason.why)}
        facts={[
          {
            icon: 'state-rejected',
            loud: speech.text('receive.keepGoods'),
            text: speech.text('receive.nothingAdded'),
          },
          { icon: 'qr', text: speech.text(NEXT_STEPS[reason?.next ?? 'again']) },
        ]}
        actions={
          <>
            <Button kind="primary" onPress={() => void showAgain()}>
              {speech.text('receive.showCodeAgain')}
            </Button>
            <Button onPress={() => (more.value = true)}>{speech.text('receive.whyRefused')}</Button>
          </>
        }
      />
      {more.value ? <WhySheet code={code} onClose={() => (more.value = false)} /> : undefined}
    </>
  );
}

/** The reason once more, with the code that a bank or a court asks for. */
function WhySheet({ code, onClose }: { readonly code: string; readonly onClose: () => void }) {
  const { speech, navigation } = useApp();
  useEffect(() => navigation.holdBack(onClose), [navigation, onClose]);
  const reason = REASONS[code];
  return (
    <Sheet
      title={speech.text('receive.whyRefused')}
      onClose={onClose}
      back={speech.text('common.back')}
    >
      <Text>{reason === undefined ? sentenceOf(speech, code) : speech.text(reason.why)}</Text>
      <Text>{speech.text('receive.whyMore')}</Text>
      <Text size="small" tone="quiet">
        {speech.text('receive.whyCode', { code })}
      </Text>
    </Sheet>
  );
}
