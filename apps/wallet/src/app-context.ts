import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { AppClient } from './account/bank-client.ts';
import type { Session } from './account/session.ts';
import type { Speech } from './language/language.ts';
import type { Times } from './language/time.ts';
import type { Navigation } from './navigation/navigation.ts';
import type { Install } from './platform/install.ts';
import type { Moment } from './platform/sound.ts';
import type { Settings } from './settings/settings.ts';
import type { EvictionWatch } from './vault/eviction.ts';
import type { Fingerprint } from './vault/fingerprint.ts';
import type { Vault } from './vault/vault.ts';
import type { Counter, Money } from './wallet/money.ts';

/** All that a screen stands on; opened once, in open-app.ts. */
export interface App {
  readonly settings: Settings;
  readonly speech: Speech;
  readonly times: Times;
  readonly navigation: Navigation;
  readonly vault: Vault;
  /** Tells a vault that was cleared away from one that never was. */
  readonly eviction: EvictionWatch;
  /** The phone's sensor in place of the PIN, where there is one. */
  readonly fingerprint: Fingerprint;
  readonly install: Install;
  readonly session: Session;
  readonly client: AppClient;
  /** Undefined until the vault is open and the journals are read. */
  readonly money: ReadonlySignal<Money | undefined>;
  /** The same, or what is left of it while a helper has the phone. */
  readonly counter: ReadonlySignal<Counter | undefined>;
  /** Why there is no money though the vault is open: a code, or none. */
  readonly obstacle: ReadonlySignal<string | undefined>;
  /** Opens the journals: after unlocking by itself, after signing in again on request. */
  openMoney(): Promise<void>;
  /** Asks for the PIN again, in every tab. */
  lock(): void;
  /** Starts anew, in every tab, with nothing but settings left here. */
  wipe(): void;
  /** Whole seconds since 1970, by this phone's clock. */
  now(): number;
  /** What is said for a moment at the bottom; never about money that went wrong. */
  readonly toast: Signal<string | undefined>;
  /** Sound and vibration of a moment, as far as the person wants them. */
  feel(moment: Moment): void;
}

const Given = createContext<App | undefined>(undefined);

export const AppProvider = Given.Provider;

export function useApp(): App {
  const app = useContext(Given);
  if (app === undefined) throw new Error('a screen outside of the app');
  return app;
}

/** For the till's screens, which a helper may have, too. */
export function useCounter(): Counter {
  const counter = useApp().counter.value;
  if (counter === undefined) throw new Error('a till before the vault is open');
  return counter;
}

/** For screens that are shown only while there is money. */
export function useMoney(): Money {
  const money = useApp().money.value;
  if (money === undefined) throw new Error('a screen of money before the vault is open');
  return money;
}
