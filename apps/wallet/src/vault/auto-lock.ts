import type { Settings } from '../settings/settings.ts';
import type { Vault } from './vault.ts';

export interface AutoLockParts {
  readonly vault: Pick<Vault, 'state' | 'lock'>;
  readonly settings: Pick<Settings, 'lockAfter'>;
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener'>;
  readonly window: Pick<Window, 'setTimeout' | 'clearTimeout'>;
  /** Milliseconds of a clock that a person can set: set back, it locks as well. */
  readonly now: () => number;
}

const MINUTE_MS = 60_000;

/**
 * Locks when nobody looked for as long as the person chose. Browsers stop the timers of hidden
 * pages, so the time is also looked at when somebody looks again.
 */
export function lockWhenHidden({ vault, settings, page, window, now }: AutoLockParts): void {
  let hiddenAt: number | undefined;
  let timer: number | undefined;
  const lock = () => {
    if (vault.state.value.kind === 'open') void vault.lock();
  };
  page.addEventListener('visibilitychange', () => {
    const most = Number(settings.lockAfter.value) * MINUTE_MS;
    window.clearTimeout(timer);
    if (page.visibilityState === 'hidden') {
      hiddenAt = now();
      timer = window.setTimeout(lock, most);
      return;
    }
    const away = hiddenAt === undefined ? 0 : now() - hiddenAt;
    hiddenAt = undefined;
    if (away >= most || away < 0) lock();
  });
}
