import { effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';

export const LANGUAGES = ['en', 'ur'] as const;
export type Language = (typeof LANGUAGES)[number];

const CHOICES = {
  /** `system`: as the phone says. */
  theme: ['system', 'light', 'dark'],
  contrast: ['system', 'normal', 'more'],
  /** 100, 130 and 175 %: Chrome on Android does not pass on the system's size. */
  text: ['normal', 'l', 'xl'],
  digits: ['western', 'urdu'],
  sound: ['on', 'off'],
  vibration: ['on', 'off'],
  /** Minutes out of sight after which the PIN is asked for. */
  lockAfter: ['2', '0', '10'],
} as const;

type Choices = { readonly [N in keyof typeof CHOICES]: Signal<(typeof CHOICES)[N][number]> };

/** How the app looks and speaks. Nothing in it is secret: it is read before anything unlocks. */
export interface Settings extends Choices {
  /** Undefined before the first choice. */
  readonly language: Signal<Language | undefined>;
}

/** What settings are kept in; `localStorage`, because it answers before the first paint. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

const PREFIX = 'sikka.setting.';

/** Reads what was chosen, and keeps what is chosen from now on. A value nobody offered is none. */
export function openSettings(shelf: Shelf): Settings {
  const kept = <T extends string, D>(name: string, offered: readonly T[], otherwise: D) => {
    const read = readFrom(shelf, name);
    const value = signal<T | D>(offered.find((one) => one === read) ?? otherwise);
    effect(() => {
      if (typeof value.value === 'string') writeTo(shelf, name, value.value);
    });
    return value;
  };
  return {
    language: kept('language', LANGUAGES, undefined),
    theme: kept('theme', CHOICES.theme, CHOICES.theme[0]),
    contrast: kept('contrast', CHOICES.contrast, CHOICES.contrast[0]),
    text: kept('text', CHOICES.text, CHOICES.text[0]),
    digits: kept('digits', CHOICES.digits, CHOICES.digits[0]),
    sound: kept('sound', CHOICES.sound, CHOICES.sound[0]),
    vibration: kept('vibration', CHOICES.vibration, CHOICES.vibration[0]),
    lockAfter: kept('lockAfter', CHOICES.lockAfter, CHOICES.lockAfter[0]),
  };
}

/** A browser that keeps nothing (private window, full disk) still shows the app. */
function readFrom(shelf: Shelf, name: string): string | null {
  try {
    return shelf.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function writeTo(shelf: Shelf, name: string, value: string): void {
  try {
    shelf.setItem(PREFIX + name, value);
  } catch {
    // The choice holds until the app closes.
  }
}
