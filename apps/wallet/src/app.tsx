import { useEffect, useRef } from 'preact/hooks';
import { useApp } from './app-context.ts';
import type { App } from './app-context.ts';
import type { PlaceName, Visit } from './navigation/places.ts';
import { fetchScreens, screenOf } from './screens/screen-table.ts';
import { LanguageScreen } from './screens/start/language-screen.tsx';
import { ObstacleScreen } from './screens/start/obstacle-screen.tsx';
import { UnlockScreen } from './screens/start/unlock-screen.tsx';
import { WaitingScreen } from './screens/start/waiting-screen.tsx';

/** Places that need no money: before anybody is signed in and a PIN is set. */
const BEFORE_MONEY: readonly PlaceName[] = ['signUp', 'signIn', 'forgotPassword', 'choosePin'];

/** And those of them that an owner who is signed out needs beside it. */
const BESIDE_MONEY: readonly PlaceName[] = ['signIn', 'forgotPassword'];

/** Places of a till that the owner gave to a helper. */
const HELPERS: readonly PlaceName[] = [
  ...(['till', 'tillRequest', 'tillScan', 'verdict', 'tillReceipt', 'queue'] as const),
];

/** The screen for where the person is, behind what must come first: language, sign-in, PIN. */
export function AppScreen() {
  const app = useApp();
  if (app.settings.language.value === undefined) return <LanguageScreen />;
  if (!app.speech.ready.value) return <WaitingScreen />;
  const { place, id } = app.navigation.visit.value;
  switch (app.vault.state.value.kind) {
    case 'reading':
      return <WaitingScreen />;
    case 'empty':
      return <Placed place={BEFORE_MONEY.includes(place) ? place : 'welcome'} id={id} />;
    case 'locked':
      return <UnlockScreen />;
    case 'handed-over':
      // What is not the helper's asks for the owner's PIN; Back leads to the till again.
      return HELPERS.includes(place) ? <Placed place={place} id={id} /> : <UnlockScreen />;
    case 'open':
      return openScreen(app);
  }
}

function openScreen(app: App) {
  const { place, id } = app.navigation.visit.value;
  if (app.money.value !== undefined) {
    const isOver = BEFORE_MONEY.includes(place) && !BESIDE_MONEY.includes(place);
    const shown = isOver ? 'home' : place;
    return <Placed place={shown} id={id} />;
  }
  // The vault is open and nobody is signed in: the PIN was set, and signing in was not finished.
  if (BEFORE_MONEY.includes(place)) return <Placed place={place} id={id} />;
  return app.obstacle.value === undefined ? <WaitingScreen /> : <ObstacleScreen />;
}

/** One screen, at once where its area is here already; until it is, the one before stays. */
function Placed({ place, id }: Visit) {
  const shown = useRef(<WaitingScreen />);
  useEffect(() => void fetchScreens(place), [place]);
  const Screen = screenOf(place);
  if (Screen !== undefined) shown.current = <Screen key={`${place}/${id}`} id={id} />;
  return shown.current;
}
