import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import type { Language, Settings } from '../settings/settings.ts';
import type { Catalogue, MessageKey } from './catalogue.ts';
import { localDigits } from './digits.ts';
import { chooseParts, parseMessage } from './message.ts';

export type Values = Readonly<Record<string, string | number | bigint>>;
export type RichValues = Readonly<Record<string, ComponentChild>>;

/** Says things in the person's language. Everything it answers follows the language's signal. */
export interface Speech {
  /** What is spoken now: the choice, once its catalogue is here. */
  readonly language: ReadonlySignal<Language>;
  /** False until the first catalogue is here. */
  readonly ready: ReadonlySignal<boolean>;
  /** A message as text. Values are set apart, so that their direction disturbs nothing. */
  text(key: MessageKey, values?: Values): string;
  /** A message with elements in the places of its values. */
  rich(key: MessageKey, values: RichValues): ComponentChild[];
  /** Whether there is such a message: for codes that a newer bank may send. */
  has(key: string): key is MessageKey;
  /** Digits as the person wants them. */
  digits(text: string): string;
}

export interface SpeechParts {
  readonly settings: Pick<Settings, 'language' | 'digits'>;
  /** Rejects where the catalogue cannot be had: then the language before stays. */
  readonly load: (language: Language) => Promise<Catalogue>;
}

const LONGEST_PAUSE_MS = 2_000;
/** First strong isolate … pop directional isolate (Unicode UAX 9 §2.4). */
const isolate = (text: string) => `\u2068${text}\u2069`;

export function openSpeech({ settings, load }: SpeechParts): Speech {
  const spoken = signal<{ language: Language; catalogue: Catalogue } | undefined>(undefined);
  let wanted: Language | undefined;
  const fetchCatalogue = (language: Language, pauseMs = 100): void => {
    load(language).then(
      (catalogue) => {
        if (wanted === language) spoken.value = { language, catalogue };
      },
      () => {
        // Without a network a language never loaded before stays away, and the one before goes on.
        // Where there is none before, nothing can be shown: it is asked for again.
        if (wanted !== language || spoken.value !== undefined) return;
        setTimeout(() => {
          fetchCatalogue(language, Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
        }, pauseMs);
      },
    );
  };
  settings.language.subscribe((choice) => {
    wanted = choice ?? 'en';
    fetchCatalogue(wanted);
  });
  const digits = (text: string) =>
    localDigits(text, settings.digits.value === 'urdu' && spoken.value?.language === 'ur');
  const partsOf = (key: MessageKey, count: (name: string) => number) => {
    const { language, catalogue } = spoken.value ?? { language: 'en', catalogue: {} };
    return chooseParts(parseMessage(catalogue[key] ?? key), { language, count });
  };
  return {
    language: computed(() => spoken.value?.language ?? 'en'),
    ready: computed(() => spoken.value !== undefined),
    digits,
    has: (key): key is MessageKey => spoken.value?.catalogue[key] !== undefined,
    text(key, values = {}) {
      return partsOf(key, (name) => Number(values[name]))
        .map((part) => {
          if (part.kind === 'text') return part.text;
          const value = values[part.name];
          return typeof value === 'string' ? isolate(value) : isolate(digits(String(value)));
        })
        .join('');
    },
    rich(key, values) {
      return partsOf(key, (name) => Number(values[name])).map((part) =>
        part.kind === 'text' ? part.text : values[part.name],
      );
    },
  };
}
