import type { ComponentType } from 'preact';
import type { PlaceName } from '../navigation/places.ts';

/** What every screen is given: the id that its path names, or nothing. */
export interface ScreenProps {
  readonly id: string;
}

/** One area's screens, by their places. */
export type ScreenTable = Readonly<Partial<Record<PlaceName, ComponentType<ScreenProps>>>>;

/** The areas of the app; each is a part of the code that is fetched when it is first needed. */
export const AREAS = {
  start: () => import('./start/screens.ts').then((area) => area.START_SCREENS),
  home: () => import('./home/screens.ts').then((area) => area.HOME_SCREENS),
  pay: () => import('./pay/screens.ts').then((area) => area.PAY_SCREENS),
  receive: () => import('./receive/screens.ts').then((area) => area.RECEIVE_SCREENS),
  history: () => import('./history/screens.ts').then((area) => area.HISTORY_SCREENS),
  money: () => import('./money/screens.ts').then((area) => area.MONEY_SCREENS),
  phone: () => import('./phone/screens.ts').then((area) => area.PHONE_SCREENS),
  settings: () => import('./settings/screens.ts').then((area) => area.SETTINGS_SCREENS),
} satisfies Readonly<Record<string, () => Promise<ScreenTable>>>;

export type Area = keyof typeof AREAS;

/** Where each place's screen is found. */
export const AREA_OF: Readonly<Record<PlaceName, Area>> = {
  home: 'home',
  welcome: 'start',
  signUp: 'start',
  signIn: 'start',
  forgotPassword: 'start',
  choosePin: 'start',
  scan: 'pay',
  tillNumber: 'pay',
  pasteCode: 'pay',
  nearbyTill: 'pay',
  payAmount: 'pay',
  payConfirm: 'pay',
  payCode: 'pay',
  payNearby: 'pay',
  payReceipt: 'pay',
  paySuccess: 'pay',
  till: 'receive',
  tillSetUp: 'receive',
  tillRequest: 'receive',
  tillScan: 'receive',
  verdict: 'receive',
  tillReceipt: 'receive',
  queue: 'receive',
  dayClose: 'receive',
  refund: 'receive',
  standee: 'receive',
  load: 'money',
  giveBack: 'money',
  topUp: 'money',
  withdraw: 'money',
  limits: 'money',
  statement: 'money',
  history: 'history',
  payment: 'history',
  dispute: 'history',
  devices: 'phone',
  backup: 'phone',
  restore: 'phone',
  startAnew: 'phone',
  settings: 'settings',
  profile: 'settings',
  security: 'settings',
  signOut: 'settings',
};
