import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../build/catalogues.ts';
import { amountInWords } from '../src/language/amount-words.ts';
import { figuresOf } from '../src/language/amount.ts';
import { localDigits, westernDigits } from '../src/language/digits.ts';
import { openSpeech } from '../src/language/language.ts';
import { parseMessage, valuesOf } from '../src/language/message.ts';
import { speakTimes } from '../src/language/time.ts';
import type { Language } from '../src/settings/settings.ts';

const PKR = 586;

async function speak(language: Language, digits: 'western' | 'urdu' = 'western') {
  const speech = openSpeech({
    settings: { language: signal<Language | undefined>(language), digits: signal(digits) },
    load: async (asked) => readCatalogue(asked),
  });
  await Promise.resolve();
  expect(speech.ready.value).toBe(true);
  return speech;
}

it('asks again for the first catalogue, and not for a second one that does not come', async () => {
  const asked: Language[] = [];
  const language = signal<Language | undefined>('en');
  const speech = openSpeech({
    settings: { language, digits: signal<'western' | 'urdu'>('western') },
    load: async (wanted) => {
      asked.push(wanted);
      if (wanted === 'ur' || asked.length < 3) throw new Error('nothing came');
      return readCatalogue(wanted);
    },
  });
  await expect.poll(() => speech.ready.value).toBe(true);
  expect(asked).toEqual(['en', 'en', 'en']);
  language.value = 'ur';
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toEqual(['en', 'en', 'en', 'ur']);
  expect(speech.language.value).toBe('en');
});

/** Without the marks that set values apart. */
const bare = (text: string) => text.replaceAll(/[\u2068\u2069]/g, '');

describe('messages', () => {
  it.each([
    ['plain', []],
    ['{a} and {b}', ['a', 'b']],
    ['{count, plural, one {# try of {of}} other {# tries of {of}}}', ['count', 'of']],
  ])('%s needs %j', (message, names) => {
    expect(valuesOf(message)).toEqual(names);
  });

  it.each(['{', 'a } b', '{count, plural, one {#}}', '{a b}', '{count, plural, {x}}'])(
    'refuses %s',
    (message) => {
      expect(() => parseMessage(message)).toThrow();
    },
  );

  it('chooses the plural by the language and sets values apart', async () => {
    const speech = await speak('en');
    const one = speech.text('start.triesLeft', { count: 1 });
    expect(bare(one)).toBe('1 try left, then a wait');
    expect(bare(speech.text('start.triesLeft', { count: 3 }))).toBe('3 tries left, then a wait');
    // UAX 9: whatever direction the value has, the words around it stay where they are.
    expect(one).toContain('\u20681\u2069');
  });

  it('gives elements in the places of values', async () => {
    const speech = await speak('en');
    expect(speech.rich('start.codeSentTo', { email: 'E' })).toEqual(['We mailed it to ', 'E', '.']);
  });

  it('shows the key of a message that is not there, and says so when asked', async () => {
    const speech = await speak('en');
    expect(speech.has('start.nothing')).toBe(false);
  });
});

describe('digits', () => {
  it.each([
    ['0123456789', '۰۱۲۳۴۵۶۷۸۹'],
    ['Rs 1,250', 'Rs ۱,۲۵۰'],
  ])('%s is %s in Urdu', (western, urdu) => {
    expect(localDigits(western, true)).toBe(urdu);
    expect(westernDigits(urdu)).toBe(western);
    expect(localDigits(western, false)).toBe(western);
  });

  it('reads Arabic-Indic digits too, which some keyboards type', () => {
    expect(westernDigits('٠١٢٣٤٥٦٧٨٩')).toBe('0123456789');
  });
});

describe('amounts', () => {
  it.each([
    [0n, '0', ''],
    [5n, '0', '.05'],
    [125_000n, '1,250', ''],
    [125_050n, '1,250', '.50'],
    [123_456_789_012n, '1,234,567,890', '.12'],
    [-6_000n, '60', ''],
  ])('%s in minor units shows %s%s', (minor, whole, decimals) => {
    expect(figuresOf(minor, { currency: PKR })).toEqual({ whole, decimals, currency: 'PKR' });
  });

  it('shows all decimals where they are always shown', () => {
    expect(figuresOf(100n, { currency: PKR, decimals: 'always' }).decimals).toBe('.00');
  });

  it.each([
    [0n, 'Zero rupees', 'صفر روپے'],
    [100n, 'One rupee', 'ایک روپیہ'],
    [125_000n, 'One thousand two hundred fifty rupees', 'ایک ہزار دو سو پچاس روپے'],
    [4_700n, 'Forty-seven rupees', 'سینتالیس روپے'],
    [10_000_000n, 'One lakh rupees', 'ایک لاکھ روپے'],
    [1_234_567_890_100n, undefined, undefined],
    [1_999_999_900n, undefined, undefined],
    [50n, 'Fifty paisa', 'پچاس پیسے'],
    [125_050n, 'One thousand two hundred fifty rupees and fifty paisa', undefined],
    [2_500_000_000n, 'Two crore fifty lakh rupees', 'دو کروڑ پچاس لاکھ روپے'],
  ])('%s minor units in words', (minor, english, urdu) => {
    const inEnglish = amountInWords(minor, { currency: PKR, language: 'en' });
    const inUrdu = amountInWords(minor, { currency: PKR, language: 'ur' });
    if (english !== undefined) expect(inEnglish).toBe(english);
    if (urdu !== undefined) expect(inUrdu).toBe(urdu);
    expect(inEnglish).not.toContain('undefined');
    expect(inUrdu).not.toContain('undefined');
  });

  it('has a word of its own for every number below a hundred', () => {
    for (const language of ['en', 'ur'] as const) {
      const words = Array.from({ length: 100 }, (_, number) =>
        amountInWords(BigInt(number) * 100n, { currency: PKR, language }),
      );
      expect(new Set(words).size).toBe(100);
    }
  });
});

describe('times', () => {
  const now = Math.floor(new Date(2026, 10, 21, 18, 30).getTime() / 1_000);

  it.each([
    [0, 'just now'],
    [-500, 'just now'],
    [300, '5 min ago'],
    [2 * 3_600, '2 h ago'],
    [86_400, '1 day ago'],
    [3 * 86_400, '3 days ago'],
  ])('%s seconds ago is %s', async (seconds, said) => {
    const times = speakTimes({ speech: await speak('en'), now: () => now });
    expect(bare(times.ago(now - seconds))).toBe(said);
  });

  it('says today, yesterday and the day', async () => {
    const times = speakTimes({ speech: await speak('en'), now: () => now });
    expect(bare(times.moment(now - 600))).toBe('today 6:20 pm');
    expect(bare(times.moment(now - 86_400))).toBe('yesterday 6:30 pm');
    expect(bare(times.moment(now - 3 * 86_400))).toBe('Wed 18 Nov, 6:30 pm');
  });

  it('names the part of the day in Urdu, in Urdu digits where they are wanted', async () => {
    const times = speakTimes({ speech: await speak('ur', 'urdu'), now: () => now });
    expect(bare(times.clock(now))).toBe('شام ۶:۳۰');
  });
});
