import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { AppClient } from './account/bank-client.ts';
import type { Session } from './account/session.ts';
import type { Speech } from './language/language.ts';
import type { Times } from './language/time.ts';
import type { Navigation } from './navigation/navigation.ts';
import type { Settings } from './settings/settings.ts';
import type { Vault } from './vault/vault.ts';
import type { Money } from './wallet/money.ts';

/** All that a screen stands on; opened once, in open-app.ts. */
export interface App {
  readonly settings: Settings;
  readonly speech: Speech;
  readonly times: Times;
  readonly navigation: Navigation;
  readonly vault: Vault;
  readonly session: Session;
  readonly client: AppClient;
  /** Undefined until the vault is open and the journals are read. */
  readonly money: ReadonlySignal<Money | undefined>;
  /** Why there is no money though the vault is open: a code, or none. */
  readonly obstacle: ReadonlySignal<string | undefined>;
  /** Opens the journals: after unlocking by itself, after signing in again on request. */
  openMoney(): Promise<void>;
  /** Whole seconds since 1970, by this phone's clock. */
  now(): number;
  /** What is said for a moment at the bottom; never about money that went wrong. */
  readonly toast: Signal<string | undefined>;
}

const Given = createContext<App | undefined>(undefined);

export const AppProvider = Given.Provider;

export function useApp(): App {
  const app = useContext(Given);
  if (app === undefined) throw new Error('a screen outside of the app');
  return app;
}

/** For screens that are shown only while there is money. */
export function useMoney(): Money {
  const money = useApp().money.value;
  if (money === undefined) throw new Error('a screen of money before the vault is open');
  return money;
}
