import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { currencyOf } from '@sikka/protocol';
import { openIndexedDbStore } from '@sikka/wallet/browser';
import type { Payee, PayeeState, PendingView } from '@sikka/wallet/payee';
import { openWallet, payerOf } from '@sikka/wallet/payer';
import type {
  Clock,
  Keystore,
  Outcome,
  Payer,
  PayerState,
  WitnessPlace,
} from '@sikka/wallet/payer';
import type { AppClient } from '../account/bank-client.ts';
import type { Profile } from '../account/profile.ts';
import { TILL_STORE } from '../vault/vault.ts';
import type { Opened } from '../vault/vault.ts';
import { aloneInAllTabs } from './alone.ts';
import type { Ordering } from './ordering.ts';
import { openLoads } from './loads.ts';
import type { Loads } from './loads.ts';
import { fetchOnline, keptOnline } from './online.ts';
import type { Online } from './online.ts';
import { payerJournal } from './payer-journal.ts';
import { openRecords } from './records.ts';
import type { Records } from './records.ts';
import { startSyncLoop } from './sync-loop.ts';
import type { SyncLoop } from './sync-loop.ts';
import { witnessPlaces } from './witness-places.ts';

/** What the till stands on: there while the vault is open, and while a helper has the phone. */
export interface Counter {
  readonly profile: Profile;
  /** ISO 4217 numeric. */
  readonly currency: number;
  readonly till: ReadonlySignal<Till | undefined>;
  readonly sync: SyncLoop;
  /** Reads the journals anew: after every verb, here or in another tab. */
  refresh(): Promise<void>;
  /** After a verb that the bank should hear of: reads anew, tells other tabs, syncs soon. */
  changed(): Promise<void>;
  close(): Promise<void>;
}

/** Money on this phone and at the bank, while the vault is open. */
export interface Money extends Counter {
  readonly payer: Payer;
  /** What the payer's journal says; every amount of it is known without a network. */
  readonly spending: ReadonlySignal<PayerState>;
  /** The bank's last word on the balances. */
  readonly online: ReadonlySignal<Online | undefined>;
  /** Money between the two wallets of this person, and onto this phone. */
  readonly loads: Loads;
  /** What the bank said of online transfers, and its receipts. */
  readonly records: Records;
  /** What orders about the person's own account at another bank are made with. */
  readonly ordering: Ordering;
  /** After a verb that the bank need not hear of yet: reads anew, tells other tabs. */
  tell(): Promise<void>;
  /** Opens the till that the vault has, and enrols it. Refuses what `Payee.enrol` refuses. */
  startTill(keystore: Keystore): Promise<Outcome>;
  /** For a helper: the till goes on, and no verb of the payer can be reached any more. */
  handOver(): Counter;
}

/** This phone as a till. */
export interface Till {
  readonly payee: Payee;
  readonly state: PayeeState;
  readonly pending: PendingView;
}

export interface MoneyParts {
  readonly opened: Opened;
  readonly client: AppClient;
  readonly profile: Profile;
  readonly clock: Clock;
}

const CHANNEL = 'sikka-changed';
const random = {
  randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};
/** From 0 to below 1. */
const fraction = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

/** Opens the journals. Refuses `wallet/store_…`. */
export async function openMoney(parts: MoneyParts): Promise<Outcome<{ readonly money: Money }>> {
  const { opened, profile, clock } = parts;
  const { drawer } = opened;
  const journals = await openJournals(parts);
  if (!journals.ok) return journals;
  const { payer, refresh, startTill } = journals;
  const otherTabs = joinTabs(() => void refresh());
  const tell = async () => {
    await refresh();
    otherTabs.tell();
  };
  const { askOnline, ...bankSide } = await openBankSide(parts, { payer, tell });
  let handedOver = false;
  const work = async (): Promise<string | undefined> => {
    const fetched = await askOnline();
    if (!fetched.ok) return fetched.problem.code;
    await drawer.put('lastSync', clock.now());
    for (const installation of [handedOver ? undefined : payer, journals.payee()]) {
      const synced = await installation?.sync();
      if (synced?.ok === false && synced.code !== 'wallet/not_enrolled') return synced.code;
    }
    if (!handedOver) await bankSide.loads.resume();
    await bankSide.records.fetchTransfers();
    await tell();
    return undefined;
  };
  const sync = startSyncLoop({
    ...{ work, now: () => clock.now(), random: fraction, window },
    lastAt: await drawer.get<number>('lastSync'),
  });
  const changed = async () => {
    await tell();
    sync.soon();
  };
  const { spending, till } = journals;
  const close = async () => {
    sync.stop();
    otherTabs.leave();
    await journals.close();
  };
  const counter: Counter = {
    ...{ profile, currency: profile.currency, till, sync, refresh, changed, close },
  };
  const money: Money = {
    ...{ ...counter, payer, spending, ...bankSide, tell },
    handOver() {
      handedOver = true;
      return counter;
    },
    async startTill(keystore) {
      const started = await startTill(keystore);
      await changed();
      return started;
    },
  };
  return { ok: true, money };
}

/** `changed` is called when another tab tells of a change. */
function joinTabs(changed: () => void) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', changed);
  let left = false;
  return {
    /** Nothing after leaving: a sync may be under way while the phone is locked. */
    tell() {
      if (!left) channel.postMessage('');
    },
    leave() {
      left = true;
      channel.close();
    },
  };
}

interface BankSideParts {
  readonly payer: Payer;
  /** Reads the journals anew, here and in other tabs. */
  readonly tell: () => Promise<void>;
}

/** What is known of the bank's side, and the verbs that move money there. */
async function openBankSide(
  { opened: { drawer }, client, profile, clock }: MoneyParts,
  { payer, tell }: BankSideParts,
) {
  const currency = currencyOf(profile.currency)?.alpha ?? 'PKR';
  const online = signal(await keptOnline(drawer, currency));
  const askOnline = async () => {
    const fetched = await fetchOnline({ client, drawer, currency, now: clock.now() });
    if (fetched.ok) online.value = fetched.online;
    return fetched;
  };
  const shared = {
    ...{ client, drawer, currency: profile.currency, alone: aloneInAllTabs },
    newKey: () => crypto.randomUUID(),
  };
  const loads = await openLoads({
    ...{ ...shared, askOnline },
    requestAllowance: (amountMinor) => payer.requestAllowance(amountMinor),
    changed: async () => {
      await askOnline();
      await tell();
    },
  });
  const records = await openRecords({ client, drawer, currency });
  return { online, askOnline, loads, records, ordering: shared };
}

/** The payer's journal and, where this phone is a till, the payee's. */
async function openJournals({ opened, client, profile, clock }: MoneyParts) {
  const bank = { id: profile.bank, account: profile.account, currency: profile.currency };
  const open = async (
    name: string,
    keystore: Keystore,
    witnesses: readonly WitnessPlace[] = [],
  ) => {
    const store = await openIndexedDbStore({ name });
    return openWallet({ store, keystore, client, clock, random, bank, witnesses });
  };
  const { drawer } = opened;
  const places = witnessPlaces({ drawer, shelf: window.localStorage });
  const mine = await open(await payerJournal(drawer), opened.payer, places);
  if (!mine.ok) return mine;
  const payer = payerOf(mine.wallet);
  const first = await payer.state();
  if (!first.ok) return first;
  const spending = signal<PayerState>(first);
  const till = signal<Till | undefined>(undefined);
  let payee: Payee | undefined;

  const refresh = async () => {
    const spent = await payer.state();
    if (spent.ok) spending.value = spent;
    if (payee === undefined) return;
    const [sold, pending] = await Promise.all([payee.state(), payee.pending()]);
    if (sold.ok && pending.ok) till.value = { payee, state: sold, pending };
  };
  const openTill = async (keystore: Keystore): Promise<Outcome> => {
    const theirs = await open(TILL_STORE, keystore);
    if (!theirs.ok) return theirs;
    // Of no use to whoever only pays: not part of what everybody loads first.
    const { payeeOf } = await import('@sikka/wallet/payee');
    payee = payeeOf(theirs.wallet);
    await refresh();
    return { ok: true };
  };
  const begun = opened.till === undefined ? undefined : await openTill(opened.till);
  if (begun?.ok === false) return begun;
  return {
    ok: true as const,
    ...{ payer, spending, till, refresh },
    payee: () => payee,
    async startTill(keystore: Keystore): Promise<Outcome> {
      const there = payee === undefined ? await openTill(keystore) : undefined;
      if (there?.ok === false) return there;
      const enrolled = (await payee?.enrol({ role: 'payee' })) ?? { ok: true };
      // Without the bank's news a till doubts every sale: it begins with them, and its owner may
      // leave the network. Where they do not come now, the next sync brings them.
      if (enrolled.ok) await payee?.sync();
      return enrolled;
    },
    async close() {
      await payer.wallet.store.close();
      await payee?.wallet.store.close();
    },
  };
}
