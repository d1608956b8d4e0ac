import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { pathOf, visitAt } from './places.ts';
import type { PlaceName, Visit } from './places.ts';

/** Where the person is, and how to go elsewhere. */
export interface Navigation {
  readonly visit: ReadonlySignal<Visit>;
  go(place: PlaceName, id?: string): void;
  /** Goes there instead of here: Back does not come here again. */
  replace(place: PlaceName, id?: string): void;
  back(): void;
  /**
   * While held, Back closes what is on top (a sheet) instead of leaving the screen. Answers how to
   * let go.
   */
  holdBack(close: () => void): () => void;
}

export interface NavigationParts {
  readonly window: Pick<Window, 'history' | 'location' | 'addEventListener' | 'scrollTo'>;
  /** Without a slash at its end: `/app`. */
  readonly base: string;
}

/** Marks entries of ours, so that Back on the first one never leaves the app by surprise. */
interface Mark {
  readonly depth: number;
}

/** The browser's own history, one entry a visit. */
export function openNavigation({ window, base }: NavigationParts): Navigation {
  const here = () => visitAt(window.location.pathname.slice(base.length));
  const visit = signal<Visit>(here());
  const holders: (() => void)[] = [];
  let leaving = false;
  const depth = () => (window.history.state as Mark | null)?.depth ?? 0;
  window.addEventListener('popstate', () => {
    leaving = false;
    const close = holders.at(-1);
    if (close === undefined) {
      visit.value = here();
      return;
    }
    // Back was pressed with a sheet open: stay, and close the sheet.
    window.history.pushState({ depth: depth() + 1 }, '', base + pathOf(visit.value));
    close();
  });
  const show = (next: Visit) => {
    leaving = false;
    visit.value = next;
    window.scrollTo(0, 0);
  };
  const navigation: Navigation = {
    visit,
    go(place, id = '') {
      window.history.pushState({ depth: depth() + 1 }, '', base + pathOf({ place, id }));
      show({ place, id });
    },
    replace(place, id = '') {
      window.history.replaceState({ depth: depth() }, '', base + pathOf({ place, id }));
      show({ place, id });
    },
    back() {
      // The browser goes back later: pressed twice meanwhile, it is once.
      if (leaving) return;
      leaving = depth() > 0;
      if (leaving) window.history.back();
      else navigation.replace('home');
    },
    holdBack(close) {
      holders.push(close);
      return () => {
        const at = holders.indexOf(close);
        if (at >= 0) holders.splice(at, 1);
      };
    },
  };
  return navigation;
}
