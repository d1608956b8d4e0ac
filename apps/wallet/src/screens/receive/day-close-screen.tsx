import { useSignal } from '@preact/signals';
import type { AcceptedView } from '@sikka/wallet/payee';
import { useApp, useCounter } from '../../app-context.ts';
import type { App } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button, IconButton } from '../../design/button.tsx';
import { Chips } from '../../design/choice.tsx';
import { Facts } from '../../design/facts.tsx';
import { Space } from '../../design/layout.tsx';
import { Empty } from '../../design/notice.tsx';
import { Card, Row, Rows, Section } from '../../design/row.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { UserText } from '../../design/words.tsx';
import { shareFile } from '../../platform/share.ts';
import { useAmounts } from '../amounts.ts';
import { Flash } from '../flash.tsx';
import { STATE_WORDS } from '../payment-words.ts';
import type { ScreenProps } from '../screen-table.ts';
import { spokenWords } from '../spoken-words.ts';
import { useTask } from '../use-task.ts';
import { salesCsv, totalsOf } from './day-totals.ts';
import type { DayTotals } from './day-totals.ts';
import { useNotes, useTill } from './use-till.ts';

const DAY = 86_400;

/** What a day brought, by how far it is: to count the till by, to print and to hand on. */
export function DayCloseScreen(_: ScreenProps) {
  const { speech, times, navigation, now } = useApp();
  const till = useTill();
  const day = useSignal<'today' | 'yesterday'>('today');
  const at = day.value === 'today' ? now() : now() - DAY;
  const totals = totalsOf(till?.state.payments ?? [], at);
  return (
    <Screen>
      <Bar
        title={speech.text('receive.dayTitle')}
        leading={{ icon: 'back', label: speech.text('common.back'), onPress: navigation.back }}
      >
        {totals.sales.length === 0 ? undefined : (
          <IconButton
            icon="print"
            label={speech.text('receive.print')}
            onPress={() => {
              window.print();
            }}
          />
        )}
      </Bar>
      <Body>
        <Chips
          label={speech.text('receive.whichDay')}
          options={[
            { value: 'today', title: speech.text('receive.today') },
            { value: 'yesterday', title: speech.text('receive.yesterday') },
          ]}
          value={day.value}
          onChange={(chosen) => (day.value = chosen)}
        />
        <Space size={3} />
        <Text size="small" tone="quiet">
          <UserText>{till?.state.seller?.name ?? ''}</UserText> · {times.day(at)}
        </Text>
        {totals.sales.length === 0 ? (
          <Empty
            icon="calendar"
            title={speech.text('receive.noSales')}
            text={speech.text('receive.noSalesMore')}
          />
        ) : (
          <Day totals={totals} />
        )}
      </Body>
      <Flash />
      {totals.sales.length === 0 ? undefined : <DayFoot totals={totals} at={at} />}
    </Screen>
  );
}

function Day({ totals }: { readonly totals: DayTotals }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  const pair = (term: string, amountMinor: bigint) => ({
    term,
    value: <Amount amount={amounts.of(amountMinor)} />,
  });
  const { takenMinor, settledMinor, waitingMinor, rejectedMinor, givenBackMinor, sales } = totals;
  return (
    <>
      <Amount amount={amounts.of(takenMinor)} size="48" />
      <Text tone="quiet">{speech.text('receive.salesCount', { count: sales.length })}</Text>
      <Space size={4} />
      <Card>
        <Facts
          pairs={[
            pair(speech.text('receive.inAccount'), settledMinor),
            pair(speech.text('receive.notYetSettled'), waitingMinor),
            ...(rejectedMinor === 0n
              ? []
              : [pair(speech.text('receive.rejectedNotCounted'), rejectedMinor)]),
            ...(givenBackMinor === 0n
              ? []
              : [pair(speech.text('receive.givenBack'), givenBackMinor)]),
          ]}
        />
      </Card>
      <Space size={2} />
      <Section title={speech.text('receive.sales')}>
        <Rows label={speech.text('receive.sales')}>
          {[...sales].reverse().map((sale) => (
            <SaleRow key={sale.paymentId} sale={sale} />
          ))}
        </Rows>
      </Section>
    </>
  );
}

function SaleRow({ sale }: { readonly sale: AcceptedView }) {
  const { speech, times, navigation } = useApp();
  const amounts = useAmounts();
  const note = useNotes().get(sale.bind);
  const words = spokenWords(sale.twoWords);
  return (
    <Row
      state={sale.state}
      title={note ?? (speech.language.value === 'ur' ? words.ur : words.en)}
      detail={speech.text('receive.stateAndTime', {
        state: speech.text(STATE_WORDS[sale.state]),
        time: times.clock(sale.at),
      })}
      amount={amounts.of(sale.amountMinor)}
      incoming
      void={sale.state === 'rejected'}
      onPress={() => {
        navigation.go('tillReceipt', sale.paymentId);
      }}
    />
  );
}

interface DayFootProps {
  readonly totals: DayTotals;
  readonly at: number;
}

function DayFoot({ totals, at }: DayFootProps) {
  const app = useApp();
  const { speech, toast } = app;
  const notes = useNotes();
  const task = useTask();
  const { currency } = useCounter();
  const share = () =>
    task.run(async () => {
      const content = csvOf(app, totals, notes);
      const name = `sikka-${new Date(at * 1_000).toISOString().slice(0, 10)}-${currency}.csv`;
      const given = await shareFile({ name, type: 'text/csv', content });
      if (given === 'saved') toast.value = speech.text('receive.daySaved');
      return undefined;
    });
  return (
    <Foot lined>
      <Button kind="primary" icon="share" busy={task.busy} onPress={() => void share()}>
        {speech.text('receive.shareDay')}
      </Button>
    </Foot>
  );
}

function csvOf({ speech }: App, { sales }: DayTotals, notes: ReadonlyMap<string, string>): string {
  return salesCsv(sales, {
    heads: [
      speech.text('receive.csvTime'),
      speech.text('receive.csvAmount'),
      speech.text('receive.givenBack'),
      speech.text('receive.csvState'),
      speech.text('receive.csvWords'),
      speech.text('receive.csvNote'),
      speech.text('receive.csvPayment'),
    ],
    state: ({ state }) => speech.text(STATE_WORDS[state]),
    note: ({ bind }) => notes.get(bind) ?? '',
  });
}
