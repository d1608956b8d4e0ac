import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

/** `by_hand`: by the browser's own menu, as on iPhones, or not at all. */
export type InstallState = 'installed' | 'offered' | 'by_hand';

export interface Install {
  readonly state: ReadonlySignal<InstallState>;
  /** Asks the person, in a touch; answers whether it was installed. */
  ask(): Promise<boolean>;
}

/** Chromium's event, which is in no standard yet. */
interface Offer extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

/** Listens from the start: the browser offers once, early. */
export function openInstall(window: Window): Install {
  const runsAlone = window.matchMedia('(display-mode: standalone)').matches;
  const state = signal<InstallState>(runsAlone ? 'installed' : 'by_hand');
  let offer: Offer | undefined;
  window.addEventListener('beforeinstallprompt', (event) => {
    // The browser's own bar would come at the wrong moment.
    event.preventDefault();
    offer = event as Offer;
    state.value = 'offered';
  });
  window.addEventListener('appinstalled', () => {
    offer = undefined;
    state.value = 'installed';
  });
  return {
    state,
    async ask() {
      const asked = offer;
      if (asked === undefined) return false;
      // One offer is good for one question.
      offer = undefined;
      state.value = 'by_hand';
      const { outcome } = await asked.prompt();
      if (outcome === 'accepted') state.value = 'installed';
      return outcome === 'accepted';
    },
  };
}
