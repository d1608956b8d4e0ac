import { useApp, useMoney } from '../../app-context.ts';
import type { App } from '../../app-context.ts';
import { formatAmount } from '@sikka/protocol';
import type { MessageKey } from '../../language/catalogue.ts';
import { sentenceOf } from '../../language/refusal.ts';
import { historyOf } from '../../wallet/history.ts';
import type { Deed, HistoryEntry } from '../../wallet/history.ts';
import { STATE_WORDS } from '../payment-words.ts';
import { spokenWords } from '../spoken-words.ts';

const DEEDS: Readonly<Record<Deed, MessageKey>> = {
  load: 'history.load',
  giveBack: 'history.giveBack',
  paidOnline: 'history.paidOnline',
  receivedOnline: 'history.receivedOnline',
};

const WAYS: Readonly<Record<HistoryEntry['way'], MessageKey>> = {
  out: 'history.wayOut',
  in: 'history.wayIn',
  own: 'history.wayOwn',
};

/** Everything this phone knows of, newest first; without a network as well. */
export function useHistory(): readonly HistoryEntry[] {
  const { spending, till, records, online } = useMoney();
  return historyOf({
    given: spending.value.payments,
    accepted: till.value?.state.payments ?? [],
    transfers: records.transfers.value,
    online: online.value,
  });
}

/** What an entry is called in the person's language. */
export function titleOf({ speech }: App, { called }: HistoryEntry): string {
  switch (called.by) {
    case 'name':
      return called.name;
    case 'words':
      return spokenWords(called.words)[speech.language.value];
    case 'deed':
      return speech.text(DEEDS[called.deed]);
  }
}

/** Everything in an entry that can be looked for. */
export function useSearchText(): (entry: HistoryEntry) => string {
  const app = useApp();
  const { currency } = useMoney();
  return (entry) => {
    const words = entry.twoWords === undefined ? undefined : spokenWords(entry.twoWords);
    const { called } = entry;
    const more = called.by === 'name' ? called.town : called.by === 'deed' ? called.reference : '';
    const amount = formatAmount(entry.amountMinor, currency);
    return [titleOf(app, entry), more, words?.en ?? '', words?.ur ?? '', amount].join(' ');
  };
}

/** The word of an entry's state; one that was not taken is none of the five. */
export function stateOf({ speech }: App, entry: HistoryEntry): string {
  return speech.text(STATE_WORDS[entry.state]);
}

/** The history as a table, for a file and for paper. */
export function useTable(entries: readonly HistoryEntry[]) {
  const app = useApp();
  const { speech } = app;
  const { currency, profile } = useMoney();
  const heads = [
    speech.text('history.day'),
    speech.text('history.time'),
    speech.text('history.what'),
    speech.text('history.way'),
    speech.text('history.amount'),
    speech.text('history.state'),
    speech.text('history.why'),
    speech.text('history.number'),
  ];
  const rows = entries.map((entry) => {
    const at = new Date(entry.at * 1_000);
    return [
      localDay(at),
      `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`,
      titleOf(app, entry),
      speech.text(WAYS[entry.way]),
      formatAmount(entry.amountMinor, currency),
      stateOf(app, entry),
      entry.code === undefined ? '' : sentenceOf(speech, entry.code),
      entry.id,
    ];
  });
  return { heads, rows, name: profile.name };
}

const twoDigits = (number: number) => String(number).padStart(2, '0');

/** `2026-11-21`, by this phone's calendar: spreadsheets sort it. */
function localDay(at: Date): string {
  return `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
}
