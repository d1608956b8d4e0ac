import { describe, expect, it } from 'vitest';
import { scriptOf } from '../../src/design/words.tsx';

describe('the script of what somebody wrote', () => {
  it.each([
    ['Karachi Fruit Stall', 'en'],
    ['کراچی فروٹ اسٹال', 'ur'],
    ['روٹ 4-K', 'ur'],
    ['4-K روٹ', 'ur'],
    ['Ćafé', 'en'],
    ['12', undefined],
    ['', undefined],
    ['\u202e\u2066', undefined],
  ])('%o is %o', (text, language) => {
    expect(scriptOf(text)).toBe(language);
  });
});
