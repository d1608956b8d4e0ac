/**
 * Every place of the app and its path under `/app`. A path names at most one id: never a name, an
 * amount or a code, because paths stay in the browser's history.
 */
export const PLACES = {
  home: '/',
  // the beginning
  welcome: '/welcome',
  signUp: '/sign-up',
  signIn: '/sign-in',
  forgotPassword: '/forgot-password',
  choosePin: '/pin',
  // paying
  scan: '/scan',
  tillNumber: '/scan/till-number',
  pasteCode: '/scan/paste',
  nearbyTill: '/scan/nearby',
  payAmount: '/pay/amount',
  payConfirm: '/pay/confirm',
  payCode: '/pay/code/:id',
  payNearby: '/pay/nearby/:id',
  payReceipt: '/pay/receipt/:id',
  paySuccess: '/pay/success/:id',
  // being paid
  till: '/till',
  tillSetUp: '/till/set-up',
  tillRequest: '/till/request/:id',
  tillScan: '/till/scan/:id',
  verdict: '/till/verdict',
  tillReceipt: '/till/receipt/:id',
  queue: '/till/queue',
  dayClose: '/till/day',
  refund: '/till/refund/:id',
  standee: '/till/standee',
  // money
  load: '/money/load',
  giveBack: '/money/return',
  topUp: '/money/top-up',
  withdraw: '/money/withdraw',
  limits: '/money/limits',
  statement: '/money/statement',
  // what was
  history: '/history',
  payment: '/history/:id',
  dispute: '/history/:id/dispute',
  // this phone and others
  devices: '/phone/devices',
  backup: '/phone/backup',
  restore: '/phone/restore',
  startAnew: '/phone/start-anew',
  // how it is
  settings: '/settings',
  profile: '/settings/profile',
  security: '/settings/security',
  signOut: '/settings/sign-out',
} as const;

export type PlaceName = keyof typeof PLACES;

/** Where one is: a place and, where its path names one, an id. */
export interface Visit {
  readonly place: PlaceName;
  readonly id: string;
}

const SHAPES = Object.entries(PLACES).map(([place, path]) => ({
  place: place as PlaceName,
  parts: path.split('/').slice(1),
}));

/** At most what ids have: 64 hex digits. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The place at a path under the base, or home for anything else. */
export function visitAt(path: string): Visit {
  const parts = path.split('/').slice(1);
  for (const shape of SHAPES) {
    if (shape.parts.length !== parts.length) continue;
    const fits = shape.parts.every((part, at) =>
      part === ':id' ? ID.test(parts[at] ?? '') : part === parts[at],
    );
    if (fits) return { place: shape.place, id: parts[shape.parts.indexOf(':id')] ?? '' };
  }
  return { place: 'home', id: '' };
}

/** The path of a visit, as {@link visitAt} reads it. */
export function pathOf({ place, id }: Visit): string {
  return PLACES[place].replace(':id', id);
}
