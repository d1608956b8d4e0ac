import type { AcceptedView, PendingView } from '@sikka/wallet/payee';
import { useApp, useCounter } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Deadline } from '../../design/deadline.tsx';
import { Space } from '../../design/layout.tsx';
import { Empty, Notice } from '../../design/notice.tsx';
import { Pill } from '../../design/pill.tsx';
import { Row, Rows } from '../../design/row.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { useAmounts } from '../amounts.ts';
import { STATE_WORDS } from '../payment-words.ts';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';
import { useMinute } from '../use-minute.ts';
import { daysLeft, deadlineDays } from './deadline-days.ts';
import { useNotes, useTill } from './use-till.ts';

/** What was taken and is not in the account yet: how much, since when, and by when it must go. */
export function QueueScreen(_: ScreenProps) {
  const { speech, navigation } = useApp();
  const pending = useTill()?.pending;
  useMinute();
  const isEmpty = pending === undefined || pending.payments.length === 0;
  return (
    <Screen>
      <Bar
        {...(isEmpty ? {} : { title: speech.text('receive.notSentYet') })}
        leading={{ icon: 'back', label: speech.text('common.back'), onPress: navigation.back }}
      >
        <SyncPill />
      </Bar>
      {isEmpty ? (
        <Body place="middle">
          <Empty
            icon="state-settled"
            title={speech.text('receive.queueEmpty')}
            text={speech.text('receive.queueEmptyMore')}
          />
        </Body>
      ) : (
        <Waiting pending={pending} />
      )}
      <QueueFoot isEmpty={isEmpty} />
    </Screen>
  );
}

function SyncPill() {
  const { speech, times } = useApp();
  const { busy, lastAt, failed } = useCounter().sync.standing.value;
  if (busy) return <Pill icon="sync">{speech.text('common.syncing')}</Pill>;
  if (isOffline(failed)) return <Pill icon="offline">{speech.text('common.noNetwork')}</Pill>;
  return (
    <Pill icon="sync">
      {lastAt === undefined
        ? speech.text('common.notSynced')
        : speech.text('common.synced', { ago: times.ago(lastAt) })}
    </Pill>
  );
}

function Waiting({ pending }: { readonly pending: PendingView }) {
  const { speech, times, now } = useApp();
  const amounts = useAmounts();
  const { payments, totalMinor, oldestAt = now() } = pending;
  return (
    <Body>
      <Amount amount={amounts.of(totalMinor)} size="48" />
      <Text tone="quiet">
        {speech.text('receive.countAndOldest', {
          count: payments.length,
          ago: times.ago(oldestAt),
        })}
      </Text>
      <Space size={4} />
      <HandInBy pending={pending} />
      <Problem />
      <Space size={2} />
      <Rows label={speech.text('receive.notSentYet')}>
        {[...payments].reverse().map((payment) => (
          <PaymentRow key={payment.paymentId} payment={payment} />
        ))}
      </Rows>
    </Body>
  );
}

function HandInBy({ pending: { handInBy } }: { readonly pending: PendingView }) {
  const { speech, times, now } = useApp();
  if (handInBy === undefined) return null;
  const over = now() > handInBy;
  const left = daysLeft(handInBy, now());
  return (
    <Deadline
      label={speech.text('receive.sendToBankBy')}
      until={times.deadline(handInBy)}
      left={
        over
          ? speech.text('receive.timeOver')
          : left === 0
            ? speech.text('receive.lastDay')
            : speech.text('receive.daysLeft', { count: left })
      }
      days={deadlineDays(handInBy, now()).map(({ at, mark }) => ({
        ...times.dayBlock(at),
        ...(mark === undefined ? {} : { mark }),
      }))}
    >
      <Text size="small" tone="quiet">
        {speech.text(over ? 'receive.lateStill' : 'receive.goByThemselves')}
      </Text>
    </Deadline>
  );
}

/** Why the bank was not reached the last time, where it is more than a network that is away. */
function Problem() {
  const { speech } = useApp();
  const { failed } = useCounter().sync.standing.value;
  if (failed === undefined || isOffline(failed)) return null;
  return (
    <>
      <Space size={2} />
      <Notice icon="info">{sentenceOf(speech, failed)}</Notice>
    </>
  );
}

/** A network that is away is the normal state, and no fault. */
function isOffline(failed: string | undefined): boolean {
  return failed?.endsWith('/unreachable') === true || failed === 'wallet/bank_unreachable';
}

function PaymentRow({ payment }: { readonly payment: AcceptedView }) {
  const { speech, times, navigation } = useApp();
  const amounts = useAmounts();
  const note = useNotes().get(payment.bind);
  const words = spokenWords(payment.twoWords);
  const state = speech.text(STATE_WORDS[payment.state]);
  const time = times.moment(payment.at);
  return (
    <Row
      state={payment.state}
      title={note ?? (speech.language.value === 'ur' ? words.ur : words.en)}
      detail={speech.text('receive.stateAndTime', { state, time })}
      amount={amounts.of(payment.amountMinor)}
      incoming
      onPress={() => {
        navigation.go('tillReceipt', payment.paymentId);
      }}
    />
  );
}

function QueueFoot({ isEmpty }: { readonly isEmpty: boolean }) {
  const { speech, navigation, vault } = useApp();
  const { sync } = useCounter();
  const owner = vault.state.value.kind === 'open';
  return (
    <Foot lined>
      {isEmpty || !owner ? undefined : (
        <Button
          kind="primary"
          icon="share"
          onPress={() => {
            navigation.go('backup');
          }}
        >
          {speech.text('receive.sendFromAnother')}
        </Button>
      )}
      <Button kind="text" busy={sync.standing.value.busy} onPress={() => void sync.run()}>
        {speech.text('receive.tryNetwork')}
      </Button>
    </Foot>
  );
}
