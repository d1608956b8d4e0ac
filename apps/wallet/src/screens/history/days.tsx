import { useApp } from '../../app-context.ts';
import type { App } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Row, Rows, Section } from '../../design/row.tsx';
import { daysOf } from '../../wallet/history.ts';
import type { HistoryDay, HistoryEntry } from '../../wallet/history.ts';
import { useAmounts } from '../amounts.ts';
import { stateOf, titleOf } from './use-history.ts';

/** The list, a day under the other. */
export function Days({ entries }: { readonly entries: readonly HistoryEntry[] }) {
  const app = useApp();
  return (
    <>
      {daysOf(entries).map((day) => (
        <Section key={day.from} title={dayName(app, day.from)} end={<DaySum day={day} />}>
          <Rows label={dayName(app, day.from)}>
            {day.entries.map((entry) => (
              <EntryRow key={entry.id} entry={entry} />
            ))}
          </Rows>
        </Section>
      ))}
    </>
  );
}

const DAY = 86_400;

function dayName({ speech, times, now }: App, from: number): string {
  const today = new Date(now() * 1_000).setHours(0, 0, 0, 0) / 1_000;
  if (from === today) return speech.text('history.today');
  // A day may have 23 or 25 hours.
  const yesterday = new Date((today - DAY / 2) * 1_000).setHours(0, 0, 0, 0) / 1_000;
  return from === yesterday ? speech.text('history.yesterday') : times.day(from);
}

function DaySum({ day: { outMinor, inMinor } }: { readonly day: HistoryDay }) {
  const { speech } = useApp();
  const amounts = useAmounts();
  if (outMinor > 0n) {
    const amount = <Amount amount={amounts.of(outMinor)} />;
    return <>{speech.rich('history.outSum', { amount })}</>;
  }
  if (inMinor === 0n) return null;
  return <>{speech.rich('history.inSum', { amount: <Amount amount={amounts.of(inMinor)} /> })}</>;
}

function EntryRow({ entry }: { readonly entry: HistoryEntry }) {
  const app = useApp();
  const { speech, times, navigation } = app;
  const amounts = useAmounts();
  const { called, way } = entry;
  const state = stateOf(app, entry);
  const time = times.clock(entry.at);
  const rejected = entry.state === 'rejected';
  const detail = rejected
    ? speech.text('history.nothingTaken', { state })
    : entry.withheld
      ? speech.text('history.notTaken', { time })
      : speech.text('history.stateAndTime', { state, time });
  const title = titleOf(app, entry);
  return (
    <Row
      state={entry.state}
      title={called.by === 'deed' ? <>{title}</> : title}
      detail={detail}
      amount={amounts.of(entry.amountMinor)}
      incoming={way === 'in' || (called.by === 'deed' && called.deed === 'load')}
      void={rejected}
      onPress={() => {
        navigation.go('payment', entry.id);
      }}
    />
  );
}
