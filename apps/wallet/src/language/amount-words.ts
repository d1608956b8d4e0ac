import { currencyOf } from '@sikka/protocol';
import type { Language } from '../settings/settings.ts';

const ENGLISH_SMALL = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen ' +
  'fifteen sixteen seventeen eighteen nineteen'
).split(' ');
const ENGLISH_TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** Zero to ninety-nine: Urdu has a word of its own for each. */
const URDU_SMALL = (
  'صفر ایک دو تین چار پانچ چھ سات آٹھ نو ' +
  'دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس ' +
  'بیس اکیس بائیس تئیس چوبیس پچیس چھبیس ستائیس اٹھائیس انتیس ' +
  'تیس اکتیس بتیس تینتیس چونتیس پینتیس چھتیس سینتیس اڑتیس انتالیس ' +
  'چالیس اکتالیس بیالیس تینتالیس چوالیس پینتالیس چھیالیس سینتالیس اڑتالیس انچاس ' +
  'پچاس اکاون باون ترپن چون پچپن چھپن ستاون اٹھاون انسٹھ ' +
  'ساٹھ اکسٹھ باسٹھ تریسٹھ چونسٹھ پینسٹھ چھیاسٹھ سڑسٹھ اڑسٹھ انہتر ' +
  'ستر اکہتر بہتر تہتر چوہتر پچہتر چھہتر ستتر اٹھہتر اناسی ' +
  'اسی اکیاسی بیاسی تراسی چوراسی پچاسی چھیاسی ستاسی اٹھاسی نواسی ' +
  'نوے اکیانوے بانوے ترانوے چورانوے پچانوے چھیانوے ستانوے اٹھانوے ننانوے'
).split(' ');

interface Words {
  small(number: number): string;
  /** Largest first: crore, lakh, thousand, hundred. */
  readonly steps: readonly (readonly [size: bigint, word: string])[];
  /** Major and minor unit by currency. */
  readonly units: Readonly<Record<string, readonly [one: string, many: string, minor: string]>>;
  readonly and: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    small(number) {
      if (number < 20) return ENGLISH_SMALL[number] ?? '';
      const tens = ENGLISH_TENS[Math.floor(number / 10)] ?? '';
      return number % 10 === 0 ? tens : `${tens}-${ENGLISH_SMALL[number % 10] ?? ''}`;
    },
    steps: [
      [10_000_000n, 'crore'],
      [100_000n, 'lakh'],
      [1_000n, 'thousand'],
      [100n, 'hundred'],
    ],
    units: {
      PKR: ['rupee', 'rupees', 'paisa'],
      USD: ['dollar', 'dollars', 'cents'],
      AED: ['dirham', 'dirhams', 'fils'],
      SAR: ['riyal', 'riyals', 'halalas'],
    },
    and: 'and',
  },
  ur: {
    small: (number) => URDU_SMALL[number] ?? '',
    steps: [
      [10_000_000n, 'کروڑ'],
      [100_000n, 'لاکھ'],
      [1_000n, 'ہزار'],
      [100n, 'سو'],
    ],
    units: {
      PKR: ['روپیہ', 'روپے', 'پیسے'],
      USD: ['ڈالر', 'ڈالر', 'سینٹ'],
      AED: ['درہم', 'درہم', 'فلس'],
      SAR: ['ریال', 'ریال', 'ہللہ'],
    },
    and: 'اور',
  },
};

/**
 * An amount in words, `One thousand two hundred fifty rupees`, with lakh and crore, as people here
 * count. A currency without words of its own is said by its code.
 */
export function amountInWords(
  amountMinor: bigint,
  { currency, language }: { readonly currency: number; readonly language: Language },
): string {
  const known = currencyOf(currency);
  const words = WORDS[language];
  const unit = 10n ** BigInt(known?.exponent ?? 2);
  const [whole, rest] = [amountMinor / unit, amountMinor % unit];
  const code = known?.alpha ?? String(currency);
  const [one, many, minor] = words.units[code] ?? [code, code, ''];
  const parts: string[] = [];
  if (whole > 0n || rest === 0n) parts.push(`${count(whole, words)} ${whole === 1n ? one : many}`);
  if (rest > 0n) parts.push(`${count(rest, words)} ${minor}`.trimEnd());
  const said = parts.join(` ${words.and} `);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function count(number: bigint, words: Words): string {
  const said: string[] = [];
  let left = number;
  for (const [size, word] of words.steps) {
    const times = left / size;
    left %= size;
    if (times > 0n) said.push(`${count(times, words)} ${word}`);
  }
  if (left > 0n || said.length === 0) said.push(words.small(Number(left)));
  return said.join(' ');
}
