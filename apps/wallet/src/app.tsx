import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { useApp } from './app-context.ts';
import type { App } from './app-context.ts';
import type { PlaceName } from './navigation/places.ts';
import { areaOf, AREAS } from './screens/screen-table.ts';
import type { ScreenProps } from './screens/screen-table.ts';
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

/** One screen; until its area is here the one before stays. */
function Placed({ place, id }: { readonly place: PlaceName; readonly id: string }) {
  const shown = useSignal<
    { place: PlaceName; Screen: ComponentType<ScreenProps>; id: string } | undefined
  >(undefined);
  useEffect(() => {
    let left = false;
    const show = async () => {
      const table = await AREAS[areaOf(place)]();
      const Screen = table[place];
      if (!left && Screen !== undefined) shown.value = { place, Screen, id };
    };
    void show();
    return () => {
      left = true;
    };
  }, [place, id, shown]);
  if (shown.value === undefined) return <WaitingScreen />;
  const { Screen, ...at } = shown.value;
  return <Screen key={`${at.place}/${at.id}`} id={at.id} />;
}
