import { effect, signal } from '@preact/signals';
import { CATALOGUES } from 'virtual:catalogues';
import { openBankClient } from './account/bank-client.ts';
import type { AppClient } from './account/bank-client.ts';
import { fetchProfile, keptProfile } from './account/profile.ts';
import { openSession } from './account/session.ts';
import type { App } from './app-context.ts';
import type { Catalogue } from './language/catalogue.ts';
import { openSpeech } from './language/language.ts';
import { speakTimes } from './language/time.ts';
import { openNavigation } from './navigation/navigation.ts';
import { applyAppearance } from './settings/appearance.ts';
import { openSettings } from './settings/settings.ts';
import { openVault } from './vault/vault.ts';
import { listen } from './wallet/live.ts';
import type { Live } from './wallet/live.ts';
import { openMoney } from './wallet/money.ts';
import type { Money } from './wallet/money.ts';

const BASE = '/app';
const FINGERPRINT = 'sikka.installation';

/** The app's parts, in the order in which they need each other. */
export function openApp(window: Window, page: Document): App {
  const clock = { now: () => Math.floor(Date.now() / 1_000) };
  const settings = openSettings(window.localStorage);
  applyAppearance(settings, page, window);
  const speech = openSpeech({
    settings,
    load: async (language) => {
      const answer = await window.fetch(CATALOGUES[language]);
      if (!answer.ok) throw new Error(`no catalogue: ${answer.status}`);
      // Built from i18n/app: text by key.
      return (await answer.json()) as Catalogue;
    },
  });
  const navigation = openNavigation({ window, base: BASE });
  const vault = openVault({ clock });
  const session = openSession({
    client: (): AppClient => client,
    fingerprint: installation(window.localStorage),
  });
  const client = openBankClient({ origin: window.location.origin, token: () => session.token() });
  const money = signal<Money | undefined>(undefined);
  const obstacle = signal<string | undefined>(undefined);
  let live: Live | undefined;

  const app: App = {
    ...{ settings, speech, navigation, vault, session, client, money, obstacle },
    times: speakTimes({ speech, now: () => clock.now() }),
    toast: signal<string | undefined>(undefined),
    now: () => clock.now(),
    async openMoney() {
      const opened = vault.state.value;
      if (opened.kind !== 'open' || money.value !== undefined) return;
      obstacle.value = undefined;
      await session.keepIn(opened.drawer);
      const kept = await keptProfile(opened.drawer);
      const known = kept ? { ok: true as const, profile: kept } : undefined;
      const found = known ?? (await fetchProfile(client, opened.drawer));
      if (!found.ok) {
        obstacle.value = found.problem.code;
        return;
      }
      const journals = await openMoney({ opened, client, clock, profile: found.profile });
      if (!journals.ok) {
        obstacle.value = journals.code;
        return;
      }
      money.value = journals.money;
      void begin(journals.money);
    },
  };
  /** Goes on by itself: nothing that a person does waits for the bank. */
  const begin = async (opened: Money) => {
    if (!opened.spending.value.enrolled) await opened.payer.enrol({ role: 'payer' });
    await opened.refresh();
    await opened.sync.run();
    live = listen({ client, page, window, random: fraction, heard: () => void opened.sync.run() });
  };
  effect(() => {
    const { kind } = vault.state.value;
    if (kind === 'open') void app.openMoney();
    else {
      live?.stop();
      live = undefined;
      void money.peek()?.close();
      money.value = undefined;
      if (kind === 'locked') session.release();
    }
  });
  window.addEventListener('online', () => void money.value?.sync.run());
  return app;
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
