/** What `npm run shots` takes: every place of the app, and the moments between places. */

export const LANGUAGES = ['en', 'ur'] as const;
export type ShotLanguage = (typeof LANGUAGES)[number];

export const THEMES = ['light', 'dark'] as const;
export type ShotTheme = (typeof THEMES)[number];

interface Planned {
  readonly name: string;
  readonly title: string;
  /** The drawn screen that it is held to, as `../shared/look/shots` names it. */
  readonly drawn?: string;
}

/** One picture to take, in each language and theme. */
export interface PlannedShot extends Planned {
  readonly area: Area;
}

const shot = (name: string, title: string, drawn?: string): Planned => ({
  ...{ name, title },
  ...(drawn === undefined ? {} : { drawn }),
});

const PLAN = {
  start: [
    shot('language', 'Language first', '01-language'),
    shot('welcome', 'What it is'),
    shot('sign-up', 'A new account'),
    shot('sign-up-code', 'The mailed code'),
    shot('sign-in', 'Signing in'),
    shot('forgot-password', 'A forgotten password'),
    shot('sign-in-code', 'The code of signing in'),
    shot('choose-pin', 'Choosing a PIN'),
    shot('pin-too-easy', 'A PIN that is guessed'),
    shot('unlock', 'Unlocking', '02-unlock'),
    shot('unlock-wrong', 'A wrong PIN', '02b-unlock-wrong'),
    shot('forgot-pin', 'A forgotten PIN'),
    shot('start-anew-sure', 'Removing everything'),
  ],
  home: [
    shot('empty', 'Nothing loaded yet', '04-home-empty'),
    shot('loaded', 'Just loaded'),
    shot('home', 'Home, used', '03-home'),
    shot('contrast', 'Stronger contrast', '03-home-contrast'),
    shot('large-text', 'Very large text'),
    shot('paused', 'Restored from an older copy', '20-error-paused'),
  ],
  pay: [
    shot('scan', 'Scanning', '05-scan'),
    shot('scan-denied', 'No camera', '06-scan-denied'),
    shot('paste', 'Pasting a code'),
    shot('till-number', 'A number, online'),
    shot('online-confirm', 'The last look, online'),
    shot('online-paid', 'Paid online'),
    shot('amount', 'How much', '07-amount'),
    shot('amount-too-much', 'More than there is'),
    shot('confirm', 'The last look', '08-confirm'),
    shot('confirm-wrong', 'A wrong PIN'),
    shot('code', 'The payment', '09-payment-qr'),
    shot('other-ways', 'It does not scan', '09b-share-sheet'),
    shot('not-taken', 'The shop did not take it'),
    shot('code-in-parts', 'In bigger codes'),
    shot('scan-receipt', 'Scanning the receipt'),
    shot('success', 'They have it', '10-success'),
    shot('nearby', 'A till over Bluetooth'),
    shot('nearby-off', 'Bluetooth is off'),
    shot('handing-over', 'Given over Bluetooth'),
    shot('not-handed-over', 'No receipt over Bluetooth'),
    shot('not-enough', 'Not enough'),
    shot('not-a-code', 'Something else before the camera'),
  ],
  receive: [
    shot('set-up', 'Becoming a till'),
    shot('set-up-pin', 'With the PIN'),
    shot('till-empty', 'The till'),
    shot('till', 'An amount typed', '11-till'),
    shot('note', 'A note'),
    shot('menu', 'What else the owner does'),
    shot('request', 'What is asked for', '12-request'),
    shot('scan-payment', 'Scanning a payment'),
    shot('verdict-green', 'Paid', '13-verdict-green'),
    shot('verdict-amber', 'Already counted', '14-verdict-amber'),
    shot('verdict-red', 'Not paid', '15-verdict-red'),
    shot('receipt', 'The receipt'),
    shot('queue', 'Not sent yet', '16-queue'),
    shot('helper', 'In a helper’s hands'),
    shot('queue-empty', 'Everything is sent'),
    shot('day-close', 'The day'),
    shot('refund', 'Giving back'),
    shot('refund-done', 'Given back'),
    shot('standee', 'A sign for the counter'),
  ],
  money: [
    shot('load', 'Loading'),
    shot('load-too-much', 'More than there is'),
    shot('limits', 'What the limits mean', '19-limits'),
    shot('give-back', 'Giving back'),
    shot('stop', 'Stopping early'),
    shot('top-up', 'Adding money'),
    shot('top-up-code', 'The mailed code'),
    shot('withdraw', 'Sending it out'),
    shot('statement', 'The bank’s statement'),
  ],
  history: [
    shot('empty', 'Nothing yet', '21-history-empty'),
    shot('history', 'What was', '17-history'),
    shot('search', 'Looking for one'),
    shot('nothing-found', 'Nothing found'),
    shot('export', 'Saving it'),
    shot('payment', 'One payment', '18-detail'),
    shot('dispute', 'Something is wrong'),
  ],
  phone: [
    shot('devices', 'Phones and tills'),
    shot('freeze', 'A lost phone'),
    shot('freeze-pin', 'By the PIN'),
    shot('backup-nothing', 'Nothing to back up'),
    shot('backup', 'A backup'),
    shot('backup-code', 'Its code'),
    shot('backup-codes', 'As codes'),
    shot('restore', 'Sending a backup'),
    shot('restore-code', 'With its code'),
    shot('hand-in', 'What is in it'),
    shot('handed-in', 'What the bank says'),
    shot('start-anew', 'Starting anew'),
  ],
  settings: [
    shot('settings', 'How it is'),
    shot('profile', 'Who one is'),
    shot('change-name', 'Another name'),
    shot('security', 'Security'),
    shot('change-pin', 'Another PIN'),
    shot('change-password', 'Another password'),
    shot('sessions', 'Where one is signed in'),
    shot('passkeys', 'Passkeys'),
    shot('sign-out-unsent', 'Not while something waits'),
    shot('sign-out', 'Signing out'),
  ],
} as const satisfies Readonly<Record<string, readonly Planned[]>>;

export type Area = keyof typeof PLAN;

export const AREAS = Object.keys(PLAN) as readonly Area[];

export const AREA_TITLES: Readonly<Record<Area, string>> = {
  ...{ start: 'The beginning', home: 'Home', pay: 'Paying', receive: 'Being paid' },
  ...{ money: 'Money', history: 'What was', phone: 'This phone and others', settings: 'Settings' },
};

export const SHOTS: readonly PlannedShot[] = AREAS.flatMap((area) =>
  PLAN[area].map((planned: Planned) => ({ area, ...planned })),
);

/** Where a picture lies, beneath the folder of all of them. */
export function fileOf(
  { area, name }: Pick<PlannedShot, 'area' | 'name'>,
  language: ShotLanguage,
  theme: ShotTheme,
): string {
  return `${area}/${name}.${language}.${theme}.png`;
}
