import { describe, expect, it } from 'vitest';
import { openNavigation } from '../src/navigation/navigation.ts';
import { pathOf, PLACES, visitAt } from '../src/navigation/places.ts';
import type { PlaceName } from '../src/navigation/places.ts';

/** A browser's history, as the HTML standard has it. */
function openTab(path: string) {
  const entries = [{ path, state: null as unknown }];
  let at = 0;
  let left = false;
  // A browser goes back when it comes to it, not while it is asked.
  const slow = { is: false };
  const later: (() => void)[] = [];
  const goBack = () => {
    for (const step of later.splice(0)) step();
  };
  const listeners: (() => void)[] = [];
  const set = (path: string, state: unknown, how: 'push' | 'replace') => {
    if (how === 'push') at += 1;
    entries.splice(at, how === 'push' ? entries.length : 1, { path, state });
  };
  const history = {
    get state() {
      return entries[at]?.state;
    },
    pushState: (state: unknown, _: string, url: string) => set(url, state, 'push'),
    replaceState: (state: unknown, _: string, url: string) => set(url, state, 'replace'),
    back() {
      later.push(() => {
        if (at === 0) left = true;
        else {
          at -= 1;
          for (const listener of listeners) listener();
        }
      });
      if (!slow.is) goBack();
    },
  };
  const window = {
    history,
    get location() {
      return { pathname: entries[at]?.path ?? '' };
    },
    addEventListener: (_: string, listener: () => void) => listeners.push(listener),
    scrollTo: () => undefined,
  } as unknown as Parameters<typeof openNavigation>[0]['window'];
  const shown = () => entries[at]?.path;
  return { window, slow, goBack, back: () => history.back(), left: () => left, path: shown };
}

describe('places', () => {
  const names = Object.keys(PLACES) as PlaceName[];

  it.each(names)('%s is found by its own path', (place) => {
    const id = PLACES[place].includes(':id') ? 'ab12' : '';
    expect(visitAt(pathOf({ place, id }))).toEqual({ place, id });
  });

  it.each(['/nowhere', '/pay/code/', '/pay/code/a/b', '/history/<script>', '/history/%2e%2e', ''])(
    '%s is home',
    (path) => {
      expect(visitAt(path)).toEqual({ place: 'home', id: '' });
    },
  );
});

describe('navigation', () => {
  it('goes, comes back, and never leaves from its first place', () => {
    const tab = openTab('/app/history');
    const navigation = openNavigation({ window: tab.window, base: '/app' });
    expect(navigation.visit.value.place).toBe('history');
    navigation.go('payment', 'ab');
    expect(tab.path()).toBe('/app/history/ab');
    navigation.back();
    expect(navigation.visit.value).toEqual({ place: 'history', id: '' });
    navigation.back();
    expect(navigation.visit.value.place).toBe('home');
    expect(tab.left()).toBe(false);
  });

  it('pressed twice before the browser went back, goes back once, and again when pressed', () => {
    const tab = openTab('/app/');
    const navigation = openNavigation({ window: tab.window, base: '/app' });
    navigation.go('till');
    navigation.go('verdict');
    navigation.go('tillReceipt', 'ab');
    tab.slow.is = true;
    navigation.back();
    navigation.back();
    tab.goBack();
    expect(navigation.visit.value.place).toBe('verdict');
    navigation.back();
    tab.goBack();
    expect(navigation.visit.value.place).toBe('till');
  });

  it('puts a place where another was', () => {
    const tab = openTab('/app/');
    const navigation = openNavigation({ window: tab.window, base: '/app' });
    navigation.go('payConfirm');
    navigation.replace('payCode', 'ab');
    navigation.back();
    expect(navigation.visit.value.place).toBe('home');
  });

  it('closes a sheet before it leaves the screen', () => {
    const tab = openTab('/app/');
    const navigation = openNavigation({ window: tab.window, base: '/app' });
    navigation.go('history');
    let closed = 0;
    const letGo = navigation.holdBack(() => (closed += 1));
    tab.back();
    expect(closed).toBe(1);
    expect(navigation.visit.value.place).toBe('history');
    expect(tab.path()).toBe('/app/history');
    letGo();
    tab.back();
    expect(navigation.visit.value.place).toBe('home');
  });
});
