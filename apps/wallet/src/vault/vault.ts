import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { changeBrowserPin, openBrowserKeystore, readBrowserKeystore } from '@sikka/wallet/browser';
import type { KeystoreStanding } from '@sikka/wallet/browser';
import type { Clock, Keystore, Outcome } from '@sikka/wallet/payer';
import { openDrawer } from './drawer.ts';
import type { Drawer } from './drawer.ts';
import { markHandOver } from './hand-over.ts';
import type { HandOverShelf } from './hand-over.ts';

/** Databases of this app are named so; the payer's journal and the till's are apart. */
export const PAYER_STORE = 'sikka-payer';
export const TILL_STORE = 'sikka-till';
const DRAWER = 'sikka-drawer';
const LONGEST_PAUSE_MS = 2_000;

/** What is open while the vault is. */
export interface Opened {
  readonly payer: Keystore;
  /** Where this phone is also a till. */
  readonly till: Keystore | undefined;
  readonly drawer: Drawer;
}

export type VaultState =
  | { readonly kind: 'reading' }
  /** No PIN was ever set here. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'locked';
      readonly standing: KeystoreStanding;
      /** In a helper's hands: whoever asks for the PIN to be forgotten is not the owner. */
      readonly handedOver: boolean;
    }
  | ({ readonly kind: 'open' } & Opened)
  /** A helper has the phone: the till is open, the payer's keys are shut until the PIN. */
  | {
      readonly kind: 'handed-over';
      readonly standing: KeystoreStanding;
      readonly till: Keystore;
      readonly drawer: Drawer;
    };

/** Whether the page may load anew: nobody pays, and no helper sells. */
export function mayReplace({ kind }: VaultState): boolean {
  return kind === 'locked' || kind === 'empty';
}

/** Keys and everything under them: shut until the PIN opens them. */
export interface Vault {
  readonly state: ReadonlySignal<VaultState>;
  /** Opens; where the vault is empty this PIN becomes its PIN. */
  unlock(pin: string): Promise<Outcome>;
  lock(): Promise<void>;
  /**
   * Shuts the payer's keys and leaves the till open; for a vault that is open and has a till. Until
   * the PIN every tab and every start of the app knows that a helper has the phone.
   */
  handOver(): Promise<void>;
  /** Makes the till's keystore, under the same PIN; the PIN is tried like any other. */
  addTill(pin: string): Promise<Outcome>;
  /**
   * Of both keystores, the payer's first. Cut off between the two, the next unlocking finishes it;
   * either PIN may then be the one that unlocks.
   */
  changePin(pins: PinChange): Promise<Outcome>;
}

/** In the drawer while it is under way. */
interface PinChange {
  readonly pin: string;
  readonly newPin: string;
}

export interface VaultParts {
  readonly clock: Clock;
  /** Nothing is opened before: what is to be wiped goes first. */
  readonly ready: Promise<void>;
  /** Where it is kept that a helper has the phone. */
  readonly shelf: HandOverShelf;
}

/** Reads what is there; the state says when it has. */
export function openVault({ clock, ready, shelf }: VaultParts): Vault {
  const state = signal<VaultState>({ kind: 'reading' });
  const keys = keystoresBy(clock);
  const mark = markHandOver(shelf);
  const look = async () => {
    const standing = await keys.standing();
    state.value = standing.exists
      ? { kind: 'locked', standing, handedOver: mark.isSet() }
      : { kind: 'empty' };
  };
  /** A PIN that a helper mistypes shuts nothing. */
  const lookAgain = async () => {
    const { value } = state;
    if (value.kind !== 'handed-over') return look();
    state.value = { ...value, standing: await keys.standing() };
  };
  // What could not be removed is still behind its PIN.
  void ready.catch(() => undefined).then(() => insist(look));
  return {
    state,
    async unlock(pin) {
      const opened = await keys.open(pin);
      if (opened.ok) {
        mark.clear();
        state.value = { kind: 'open', ...opened.opened };
      } else if (state.value.kind !== 'empty') await lookAgain();
      return opened;
    },
    lock: look,
    async handOver() {
      const { value } = state;
      if (value.kind !== 'open' || value.till === undefined) throw new Error('no till is open');
      const standing = await keys.standing();
      mark.set();
      state.value = { kind: 'handed-over', standing, till: value.till, drawer: value.drawer };
    },
    async addTill(pin) {
      const { value } = state;
      if (value.kind !== 'open') throw new Error('a till is added to an open vault');
      const refusal = await value.payer.authorise(pin);
      if (refusal !== undefined) return refusal;
      const till = await keys.makeTill(pin);
      if (!till.ok) return till;
      state.value = { ...value, till: till.keystore };
      return { ok: true };
    },
    async changePin(pins) {
      const { value } = state;
      if (value.kind !== 'open') throw new Error('the PIN of a vault that is not open');
      return keys.changePin(value, pins);
    },
  };
}

/** A browser that was ended just now may have its databases still: nothing works before. */
async function insist(act: () => Promise<void>, pauseMs = 100): Promise<void> {
  try {
    await act();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await insist(act, Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
  }
}

/** The two keystores under one PIN, and the drawer under the payer's. */
function keystoresBy(clock: Clock) {
  const at = (name: string) => ({ name, clock });
  const hasTill = async () => (await readBrowserKeystore(at(TILL_STORE))).exists;
  const makeTill = (pin: string) => openBrowserKeystore({ ...at(TILL_STORE), pin });
  /** A change of the PIN that was cut off: the till gets the PIN that the payer's keys have. */
  const finishPinChange = async (pin: string, drawer: Drawer): Promise<void> => {
    const change = await drawer.get<PinChange>('pinChange');
    if (change === undefined) return;
    const other = pin === change.newPin ? change.pin : change.newPin;
    const till = (await hasTill())
      ? await changeBrowserPin({ ...at(TILL_STORE), pin: other, newPin: pin })
      : undefined;
    // A wrong one says that the till has the PIN already; after a wait it is to be tried.
    if (till?.ok !== false || till.code !== 'wallet/pin_wait') await drawer.remove('pinChange');
  };
  return {
    makeTill,
    standing: () => readBrowserKeystore(at(PAYER_STORE)),
    async open(pin: string): Promise<Outcome<{ readonly opened: Opened }>> {
      const payer = await openBrowserKeystore({ ...at(PAYER_STORE), pin });
      if (!payer.ok) return payer;
      const { keystore } = payer;
      const drawer = await openDrawer({ name: DRAWER, keystore });
      await finishPinChange(pin, drawer);
      const till = (await hasTill()) ? await makeTill(pin) : undefined;
      if (till?.ok === false) return till;
      return { ok: true, opened: { payer: keystore, till: till?.keystore, drawer } };
    },
    async changePin({ drawer, till }: Opened, pins: PinChange): Promise<Outcome> {
      await drawer.put('pinChange', pins);
      const payer = await changeBrowserPin({ ...at(PAYER_STORE), ...pins });
      const both = payer.ok && till !== undefined;
      const last = both ? await changeBrowserPin({ ...at(TILL_STORE), ...pins }) : payer;
      // Where only the till refused, the next unlocking finishes it.
      if (last.ok || !payer.ok) await drawer.remove('pinChange');
      return payer;
    },
  };
}
