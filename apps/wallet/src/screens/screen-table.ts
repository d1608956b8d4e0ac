import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { PLACES } from '../navigation/places.ts';
import type { PlaceName } from '../navigation/places.ts';

/** What every screen is given: the id that its path names, or nothing. */
export interface ScreenProps {
  readonly id: string;
}

/** One area's screens, by their places. */
export type ScreenTable = Readonly<Partial<Record<PlaceName, ComponentType<ScreenProps>>>>;

/** The areas of the app; each is a part of the code that is fetched when it is first needed. */
const AREAS = {
  start: () => import('./start/screens.ts').then((area) => area.START_SCREENS),
  home: () => import('./home/screens.ts').then((area) => area.HOME_SCREENS),
  pay: () => import('./pay/screens.ts').then((area) => area.PAY_SCREENS),
  receive: () => import('./receive/screens.ts').then((area) => area.RECEIVE_SCREENS),
  history: () => import('./history/screens.ts').then((area) => area.HISTORY_SCREENS),
  money: () => import('./money/screens.ts').then((area) => area.MONEY_SCREENS),
  phone: () => import('./phone/screens.ts').then((area) => area.PHONE_SCREENS),
  settings: () => import('./settings/screens.ts').then((area) => area.SETTINGS_SCREENS),
} satisfies Readonly<Record<string, () => Promise<ScreenTable>>>;

type Area = keyof typeof AREAS;

/** Between the first two slashes of a path, or after the only one. */
type FirstPart<Path> = Path extends `/${infer First}/${string}`
  ? First
  : Path extends `/${infer Only}`
    ? Only
    : never;

/** The area of all places whose paths begin so. */
const AREA_AT: Readonly<Record<FirstPart<(typeof PLACES)[PlaceName]>, Area>> = {
  '': 'home',
  welcome: 'start',
  'sign-up': 'start',
  'sign-in': 'start',
  'forgot-password': 'start',
  pin: 'start',
  scan: 'pay',
  pay: 'pay',
  till: 'receive',
  money: 'money',
  history: 'history',
  phone: 'phone',
  settings: 'settings',
};

/** Where a place's screen is found. */
function areaOf(place: PlaceName): Area {
  const [, first = ''] = PLACES[place].split('/');
  return AREA_AT[first as keyof typeof AREA_AT];
}

/** The areas that were fetched. */
const here = signal<Readonly<Partial<Record<Area, ScreenTable>>>>({});

/** A place's screen, once {@link fetchScreens} has brought its area. */
export function screenOf(place: PlaceName): ComponentType<ScreenProps> | undefined {
  return here.value[areaOf(place)]?.[place];
}

/** Fetches the area of a place where it is not here yet. */
export async function fetchScreens(place: PlaceName): Promise<void> {
  const area = areaOf(place);
  if (here.peek()[area] !== undefined) return;
  const screens = await AREAS[area]();
  here.value = { ...here.peek(), [area]: screens };
}
