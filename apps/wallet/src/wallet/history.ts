import type { AcceptedView } from '@sikka/wallet/payee';
import type { ExchangeState, GivenView } from '@sikka/wallet/payer';
import type { Online } from './online.ts';
import type { OnlineTransfer } from './records.ts';

/** What something is called: a name that the bank verified, two words, or what it did. */
export type Called =
  | { readonly by: 'name'; readonly name: string; readonly town: string }
  | { readonly by: 'words'; readonly words: readonly [string, string] }
  | { readonly by: 'deed'; readonly deed: Deed; readonly reference: string };

/** What an online transfer did. */
export type Deed = 'load' | 'giveBack' | 'paidOnline' | 'receivedOnline';

/** One line of the history; the amount in minor units, times in whole seconds. */
export interface HistoryEntry {
  /** A payment's id, or `t` and a transfer's number. */
  readonly id: string;
  readonly called: Called;
  /** `own`: between two wallets of one person. */
  readonly way: 'out' | 'in' | 'own';
  readonly at: number;
  readonly amountMinor: bigint;
  /** A transfer is done when the bank tells of it. */
  readonly state: ExchangeState | 'confirmed';
  /** The payee did not take it. */
  readonly withheld: boolean;
  readonly twoWords: readonly [string, string] | undefined;
  /** The bank's code where it rejected. */
  readonly code: string | undefined;
}

export type HistoryFilter = 'all' | 'open' | 'out' | 'in' | 'rejected';

export interface HistorySources {
  readonly given: readonly GivenView[];
  readonly accepted: readonly AcceptedView[];
  readonly transfers: readonly OnlineTransfer[];
  /** Which wallets are this person's; undefined before the bank ever said. */
  readonly online: Online | undefined;
}

/** Everything this phone knows of, newest first. */
export function historyOf(sources: HistorySources): readonly HistoryEntry[] {
  const entries = [
    ...sources.given.map(entryOfGiven),
    ...sources.accepted.map(entryOfAccepted),
    ...sources.transfers.map((one) => entryOfTransfer(one, sources.online)),
  ];
  return entries.sort((a, b) => b.at - a.at);
}

function entryOfGiven(payment: GivenView): HistoryEntry {
  const { paymentId: id, payee, at, amountMinor, state, withheld, twoWords, code } = payment;
  const called = { by: 'name', name: payee.name, town: payee.town } as const;
  return { id, called, way: 'out', at, amountMinor, state, withheld, twoWords, code };
}

function entryOfAccepted(payment: AcceptedView): HistoryEntry {
  const { paymentId: id, at, amountMinor, state, twoWords, code } = payment;
  const called = { by: 'words', words: twoWords } as const;
  return { id, called, way: 'in', at, amountMinor, state, withheld: false, twoWords, code };
}

function entryOfTransfer(transfer: OnlineTransfer, online: Online | undefined): HistoryEntry {
  const { id, at, amountMinor, reference } = transfer;
  const deed = deedOf(transfer, online);
  const ways = { load: 'own', giveBack: 'own', paidOnline: 'out', receivedOnline: 'in' } as const;
  return {
    ...{ id: `t${id}`, called: { by: 'deed', deed, reference }, way: ways[deed], at, amountMinor },
    ...{ state: 'confirmed', withheld: false, twoWords: undefined, code: undefined },
  };
}

function deedOf({ from, to }: OnlineTransfer, online: Online | undefined): Deed {
  const mine = [online?.current?.number, online?.offline?.number];
  if (mine.includes(from) && mine.includes(to)) {
    return to === online?.offline?.number ? 'load' : 'giveBack';
  }
  return mine.includes(from) ? 'paidOnline' : 'receivedOnline';
}

const FILTERS: Readonly<Record<HistoryFilter, (entry: HistoryEntry) => boolean>> = {
  all: () => true,
  open: ({ state, withheld }) => !withheld && ['given', 'received', 'sent'].includes(state),
  out: ({ way }) => way === 'out',
  in: ({ way }) => way === 'in',
  rejected: ({ state, withheld }) => withheld || state === 'rejected',
};

export interface Looked {
  readonly filter: HistoryFilter;
  /** Words that must all be in a name, in the two words, in a reference, or be the amount. */
  readonly query: string;
  /** Everything in an entry that can be looked for. */
  readonly textOf: (entry: HistoryEntry) => string;
}

/** Those that the filter lets through and that the query is found in. */
export function lookThrough(
  entries: readonly HistoryEntry[],
  { filter, query, textOf }: Looked,
): readonly HistoryEntry[] {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  return entries.filter((entry) => {
    if (!FILTERS[filter](entry)) return false;
    const text = plain(textOf(entry));
    return words.every((word) => text.includes(word));
  });
}

/** Small letters, no marks, no separators of thousands, western digits. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\u2066-\u2069]/gu, '')
    .replaceAll(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) =>
      String((digit.codePointAt(0) ?? 0) & 0xf),
    )
    .replaceAll(/(\d),(?=\d)/g, '$1')
    .toLowerCase();
}

/** The entries of one day of this phone's calendar. */
export interface HistoryDay {
  /** Its first second. */
  readonly from: number;
  readonly entries: readonly HistoryEntry[];
  /** Without what was refused or not taken; minor units. */
  readonly outMinor: bigint;
  readonly inMinor: bigint;
}

/** By day, in the order given. */
export function daysOf(entries: readonly HistoryEntry[]): readonly HistoryDay[] {
  const days = new Map<number, HistoryEntry[]>();
  for (const entry of entries) {
    const from = new Date(entry.at * 1_000).setHours(0, 0, 0, 0) / 1_000;
    const day = days.get(from);
    if (day === undefined) days.set(from, [entry]);
    else day.push(entry);
  }
  return [...days].map(([from, all]) => ({
    from,
    entries: all,
    outMinor: sumOf(all, 'out'),
    inMinor: sumOf(all, 'in'),
  }));
}

function sumOf(entries: readonly HistoryEntry[], way: 'out' | 'in'): bigint {
  return entries
    .filter((entry) => entry.way === way && !FILTERS.rejected(entry))
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
