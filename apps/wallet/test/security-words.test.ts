import { describe, expect, it } from 'vitest';
import { browserIn } from '../src/screens/settings/browser-in.ts';
import { isGuessable } from '../src/screens/start/guessable-pin.ts';

describe('a PIN that somebody would try first', () => {
  it.each(['111111', '123456', '654321', '121212', '123123', '000000', '987654'])('%s', (pin) => {
    expect(isGuessable(pin)).toBe(true);
  });

  it.each(['258036', '314159', '112233', '135790'])('is not %s', (pin) => {
    expect(isGuessable(pin)).toBe(false);
  });
});

describe('where somebody is signed in', () => {
  const android = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)';
  it.each([
    [`${android} Chrome/131.0.0.0 Mobile Safari/537.36`, 'Chrome · Android'],
    [
      `${android} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet · Android',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0',
      'Firefox · Windows',
    ],
    ['SikkaWallet/3', 'SikkaWallet/3'],
    [`${'x'.repeat(50)}<script>`, 'x'.repeat(40)],
    ['', undefined],
    [null, undefined],
  ])('%s', (agent, words) => {
    expect(browserIn(agent)).toBe(words);
  });
});
