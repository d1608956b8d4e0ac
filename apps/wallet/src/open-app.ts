import { effect, signal } from '@preact/signals';
import type { Clock } from '@sikka/wallet/payer';
import { CATALOGUES } from 'virtual:catalogues';
import { openBankClient } from './account/bank-client.ts';
import type { AppClient } from './account/bank-client.ts';
import { fetchProfile, keptProfile } from './account/profile.ts';
import { openSession } from './account/session.ts';
import type { Session } from './account/session.ts';
import type { App } from './app-context.ts';
import type { Catalogue } from './language/catalogue.ts';
import { openSpeech } from './language/language.ts';
import { speakTimes } from './language/time.ts';
import { openNavigation } from './navigation/navigation.ts';
import { openInstall } from './platform/install.ts';
import { openSound } from './platform/sound.ts';
import { vibrate } from './platform/vibration.ts';
import { applyAppearance } from './settings/appearance.ts';
import { askToBeWoken } from './platform/service-worker-registration.ts';
import { openSettings } from './settings/settings.ts';
import type { Language } from './settings/settings.ts';
import { lockWhenHidden } from './vault/auto-lock.ts';
import { watchEviction } from './vault/eviction.ts';
import { openFingerprint } from './vault/fingerprint.ts';
import { lockTogether } from './vault/tabs.ts';
import { openVault } from './vault/vault.ts';
import type { Opened, Vault } from './vault/vault.ts';
import { markToWipe, wipeIfMarked } from './vault/wiping.ts';
import { listen } from './wallet/live.ts';
import type { Live } from './wallet/live.ts';
import type { Counter, Money } from './wallet/money.ts';

const BASE = '/app';
const FINGERPRINT = 'sikka.installation';

/** The app's parts, in the order in which they need each other. */
export function openApp(window: Window, page: Document): App {
  const clock = { now: () => Math.floor(Date.now() / 1_000) };
  const settings = openSettings(window.localStorage);
  applyAppearance(settings, page, window);
  const speech = openSpeech({ settings, load: (language) => loadCatalogue(window, language) });
  const { origin } = window.location;
  const session = openSession({
    client: (): AppClient => client,
    whoIs: (token) => openBankClient({ origin, token: () => Promise.resolve(token) }).getMe(),
    fingerprint: installation(window.localStorage),
  });
  const client = openBankClient({ origin, token: () => session.token() });
  const ready = wipeIfMarked(window.localStorage, window.indexedDB);
  const vault = openVault({ clock, ready, shelf: window.localStorage });
  const tabs = lockTogether({ vault, restart: () => window.location.reload() });
  lockWhenHidden({ ...{ vault, settings, page, window }, now: () => Date.now() });
  const opening = prepareMoney({ vault, session, client, clock, window, page });
  const eviction = watchEviction(window.localStorage);
  effect(() => {
    const { kind } = vault.state.value;
    if (kind === 'locked' || kind === 'open') eviction.seen();
    if (kind === 'open') void opening.openMoney();
    else if (kind === 'handed-over') opening.handOver();
    else opening.shut();
    if (kind !== 'locked') return;
    session.release();
    // While the PIN is typed.
    void loadSdk();
  });
  const sound = openSound({ isOn: () => settings.sound.value === 'on' });
  // Nothing sounds before a touch: from the first one on it may.
  page.addEventListener('pointerdown', () => sound.unlock(), { once: true, passive: true });
  window.addEventListener('online', () => void opening.counter.value?.sync.run());
  return {
    ...{ settings, speech, vault, eviction, session, client },
    fingerprint: openFingerprint({ appName: page.title, ready }),
    install: openInstall(window),
    lock: tabs.lock,
    wipe() {
      eviction.forget();
      markToWipe(window.localStorage);
      tabs.restart();
    },
    ...{ money: opening.money, counter: opening.counter },
    ...{ obstacle: opening.obstacle, openMoney: opening.openMoney },
    navigation: openNavigation({ window, base: BASE }),
    times: speakTimes({ speech, now: () => clock.now() }),
    toast: signal<string | undefined>(undefined),
    now: () => clock.now(),
    feel(moment) {
      sound.play(moment);
      if (settings.vibration.value === 'on') vibrate(moment);
    },
  };
}

interface OpeningParts {
  readonly vault: Vault;
  readonly session: Session;
  readonly client: AppClient;
  readonly clock: Clock;
  readonly window: Window;
  readonly page: Document;
}

/** Opens the journals once the vault is open, and shuts them when it is not. */
function prepareMoney({ vault, session, client, clock, window, page }: OpeningParts) {
  const money = signal<Money | undefined>(undefined);
  const counter = signal<Counter | undefined>(undefined);
  const obstacle = signal<string | undefined>(undefined);
  let live: Live | undefined;
  let unfollow: (() => void) | undefined;
  const open = async (): Promise<string | undefined> => {
    const opened = vault.state.value;
    if (opened.kind !== 'open' || money.value !== undefined) return undefined;
    const isStill = () => money.value === undefined && isOpenBy(vault, opened);
    await session.keepIn(opened.drawer);
    const kept = await keptProfile(opened.drawer);
    const known = kept ? { ok: true as const, profile: kept } : undefined;
    const found = known ?? (await fetchProfile(client, opened.drawer));
    if (!found.ok) return isStill() ? found.problem.code : undefined;
    const sdk = await loadSdk();
    if (sdk === undefined) return 'client/unreachable';
    const journals = await sdk.openMoney({ opened, client, clock, profile: found.profile });
    if (!isStill()) return journals.ok ? void journals.money.close() : undefined;
    if (!journals.ok) return journals.code;
    // The owner is back: what the helper had is opened anew.
    void counter.peek()?.close();
    counter.value = money.value = journals.money;
    void goOn(journals.money);
    return undefined;
  };
  /** By itself: nothing that a person does waits for the bank. */
  const goOn = async (opened: Money) => {
    if (!opened.spending.value.enrolled) await opened.payer.enrol({ role: 'payer' });
    await opened.refresh();
    await opened.sync.run();
    if (counter.value?.sync !== opened.sync) return;
    unfollow = effect(() => {
      if (opened.sync.standing.value.failed !== undefined) void askToBeWoken();
    });
    live = listen({ client, page, window, random: fraction, heard: () => void opened.sync.run() });
  };
  return {
    ...{ money, counter, obstacle },
    async openMoney() {
      obstacle.value = undefined;
      obstacle.value = await open();
    },
    shut() {
      live?.stop();
      unfollow?.();
      live = unfollow = undefined;
      void counter.peek()?.close();
      counter.value = money.value = undefined;
    },
    /** The payer's part shuts, the till's goes on. */
    handOver() {
      counter.value = money.peek()?.handOver() ?? counter.peek();
      money.value = undefined;
    },
  };
}

/** Whether what was opened is open yet: locked and opened again meanwhile is another drawer. */
function isOpenBy(vault: Vault, opened: Opened): boolean {
  const now = vault.state.value;
  return now.kind === 'open' && now.drawer === opened.drawer;
}

/** The journals' half of the app is not what the first screen waits for; none without a network. */
function loadSdk() {
  return import('./wallet/money.ts').catch(() => undefined);
}

async function loadCatalogue(window: Window, language: Language): Promise<Catalogue> {
  const answer = await window.fetch(CATALOGUES[language]);
  if (!answer.ok) throw new Error(`no catalogue: ${answer.status}`);
  // Built from i18n/app: text by key.
  return (await answer.json()) as Catalogue;
}

/** From 0 to below 1. */
function fraction(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}

/** What this installation calls itself at the bank: random, and of no use to anybody else. */
function installation(shelf: Storage): string {
  const kept = shelf.getItem(FINGERPRINT);
  if (kept !== null) return kept;
  const made = crypto.randomUUID();
  shelf.setItem(FINGERPRINT, made);
  return made;
}
