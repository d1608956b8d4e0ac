import { WORD_LIST } from '@sikka/protocol';
import { expect, it } from 'vitest';
import { URDU_WORDS } from '../../src/language/urdu-words.ts';
import { spokenWords } from '../../src/screens/spoken-words.ts';

it('each word has one of its own in Urdu, so that both tell as many payments apart', () => {
  expect(URDU_WORDS).toHaveLength(WORD_LIST.length);
  expect(new Set(URDU_WORDS).size).toBe(WORD_LIST.length);
  const others = URDU_WORDS.filter((word) => !/^[\u0600-\u06ff\u200c]+$/.test(word));
  expect(others).toEqual([]);
});

it.each([
  [['zoo', 'river'], 'چڑیاگھر دریا'],
  [['abandon', 'tobacco'], 'ترک تمباکو'],
  [['mirror', 'kite'], 'آئینہ پتنگ'],
  [['era', 'quarter'], 'دور‌زمانہ پاؤ'],
] as const)('%j is said %s', ([first, second], ur) => {
  expect(spokenWords([first, second])).toEqual({ en: `${first} ${second}`, ur });
});
