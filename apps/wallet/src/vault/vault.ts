import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { changeBrowserPin, openBrowserKeystore, readBrowserKeystore } from '@sikka/wallet/browser';
import type { KeystoreStanding } from '@sikka/wallet/browser';
import type { Clock, Keystore, Outcome } from '@sikka/wallet/payer';
import { openDrawer } from './drawer.ts';
import type { Drawer } from './drawer.ts';

/** Databases of this app are named so; the payer's journal and the till's are apart. */
export const PAYER_STORE = 'sikka-payer';
export const TILL_STORE = 'sikka-till';
const DRAWER = 'sikka-drawer';

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
  | { readonly kind: 'locked'; readonly standing: KeystoreStanding }
  | ({ readonly kind: 'open' } & Opened);

/** Keys and everything under them: shut until the PIN opens them. */
export interface Vault {
  readonly state: ReadonlySignal<VaultState>;
  /** Opens; where the vault is empty this PIN becomes its PIN. */
  unlock(pin: string): Promise<Outcome>;
  lock(): Promise<void>;
  /** Makes the till's keystore, under the same PIN; the PIN is tried like any other. */
  addTill(pin: string): Promise<Outcome>;
  /** Both keystores, the payer's first; repeat it after a failure with the same two PINs. */
  changePin(pins: { readonly pin: string; readonly newPin: string }): Promise<Outcome>;
}

/** Reads what is there; the state says when it has. */
export function openVault({ clock }: { readonly clock: Clock }): Vault {
  const state = signal<VaultState>({ kind: 'reading' });
  const at = (name: string) => ({ name, clock });
  const look = async () => {
    const standing = await readBrowserKeystore(at(PAYER_STORE));
    state.value = standing.exists ? { kind: 'locked', standing } : { kind: 'empty' };
  };
  const openTill = async (pin: string): Promise<Outcome<{ till: Keystore | undefined }>> => {
    const { exists } = await readBrowserKeystore(at(TILL_STORE));
    if (!exists) return { ok: true, till: undefined };
    const opened = await openBrowserKeystore({ ...at(TILL_STORE), pin });
    return opened.ok ? { ok: true, till: opened.keystore } : opened;
  };
  void look();
  return {
    state,
    async unlock(pin) {
      const payer = await openBrowserKeystore({ ...at(PAYER_STORE), pin });
      const till = payer.ok ? await openTill(pin) : payer;
      if (!payer.ok || !till.ok) {
        if (state.value.kind !== 'empty') await look();
        return payer.ok ? till : payer;
      }
      const { keystore } = payer;
      const drawer = await openDrawer({ name: DRAWER, keystore });
      state.value = { kind: 'open', payer: keystore, till: till.till, drawer };
      return { ok: true };
    },
    lock: look,
    async addTill(pin) {
      const { value } = state;
      if (value.kind !== 'open') throw new Error('a till is added to an open vault');
      const refusal = await value.payer.authorise(pin);
      if (refusal !== undefined) return refusal;
      const till = await openBrowserKeystore({ ...at(TILL_STORE), pin });
      if (!till.ok) return till;
      state.value = { ...value, till: till.keystore };
      return { ok: true };
    },
    async changePin(pins) {
      const payer = await changeBrowserPin({ ...at(PAYER_STORE), ...pins });
      const { exists } = await readBrowserKeystore(at(TILL_STORE));
      if (!payer.ok || !exists) return payer;
      return changeBrowserPin({ ...at(TILL_STORE), ...pins });
    },
  };
}
