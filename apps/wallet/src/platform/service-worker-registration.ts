import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { scriptUrl } from './script-url.ts';

export interface RegistrationParts {
  /** Whether nobody would lose anything if the page loaded anew now. */
  readonly mayReplace: ReadonlySignal<boolean>;
  /** The network is back and somebody asked to be woken (`askToBeWoken`). */
  readonly onWake: () => void;
}

const SYNC_TAG = 'sikka-sync';

interface WithSync {
  readonly sync?: { register(tag: string): Promise<void> };
}

/**
 * Lets the app start without a network. A newer version waits until the page may be replaced: never
 * while somebody is paying.
 */
export async function registerServiceWorker(parts: RegistrationParts): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener('message', (event) => {
    if (event.data === 'sync') parts.onWake();
  });
  try {
    const url = scriptUrl('/app/service-worker.js');
    const registration = await serviceWorker.register(url, { scope: '/app/' });
    followUpdates(registration, parts.mayReplace);
    // A page of an older version may have gone.
    registration.active?.postMessage('started');
  } catch {
    // A private window has none: the app works, and needs the network to start.
  }
}

function followUpdates(
  registration: ServiceWorkerRegistration,
  mayReplace: ReadonlySignal<boolean>,
): void {
  const takeOver = () => {
    if (mayReplace.value) registration.waiting?.postMessage('take-over');
  };
  // Another tab let the newer one in: this one follows, and not while somebody is paying here.
  const replace = replaceWhen(mayReplace, () => {
    window.location.reload();
  });
  // The first one takes a page over that was loaded without any: that is no update.
  let isUpdate = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (isUpdate) replace();
    isUpdate = true;
  });
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', takeOver);
  });
  document.addEventListener('visibilitychange', () => {
    takeOver();
    // A wallet that is open for weeks asks for a newer one when somebody looks at it again.
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
  });
  effect(takeOver);
}

/** Answers what asks for a new page: it comes at once, or as soon as it may. */
export function replaceWhen(mayReplace: ReadonlySignal<boolean>, reload: () => void): () => void {
  const asked = signal(false);
  effect(() => {
    if (asked.value && mayReplace.value) reload();
  });
  return () => (asked.value = true);
}

/**
 * Asks the browser to say when there is a network again, also once the page is hidden (Background
 * Sync). Answers whether this browser does.
 */
export async function askToBeWoken(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false;
  try {
    const registration = (await navigator.serviceWorker.ready) as WithSync;
    await registration.sync?.register(SYNC_TAG);
    return registration.sync !== undefined;
  } catch {
    return false;
  }
}
