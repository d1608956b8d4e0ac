import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../src/design/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const sheets = readdirSync(folder).filter((file) => file.endsWith('.css'));
const components = sheets.filter((file) => file !== 'tokens.css' && file !== 'fonts.css');
const withoutComments = (css: string) => css.replaceAll(/\/\*[\s\S]*?\*\//g, '');

/** What a component's sheet may not have, and why. */
const BANNED: readonly (readonly [string, RegExp])[] = [
  ['a colour of its own', /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i],
  ['a side that does not turn with the script', /(?:margin|padding|border)-(?:left|right)\b/],
  ['a place that does not turn with the script', /^\s*(?:left|right|float):/m],
  ['text that does not turn with the script', /text-align:\s*(?:left|right)/],
  ['what a Chrome of 2021 does not read', /:has\(|@container|color-mix\(|light-dark\(|@layer|&/],
  ['a name that is cut off', /text-overflow/],
];

describe('styles keep the rules of the look', () => {
  it.each(components)('%s', (file) => {
    const css = withoutComments(read(file));
    for (const [what, pattern] of BANNED) expect(pattern.exec(css)?.[0], what).toBeUndefined();
  });

  it.each(components)('%s takes its sizes from the tokens, but for nudges', (file) => {
    const css = withoutComments(read(file)).replaceAll(/@media[^{]+/g, '');
    const sizes = [...css.matchAll(/(?<![\w.-])(\d*\.?\d+)px/g)].map(([, size]) => Number(size));
    expect(sizes.filter((size) => size > 8)).toEqual([]);
  });

  it('every token that is used is there, and every one that is there is used', () => {
    const all = sheets.map((file) => withoutComments(read(file))).join('\n');
    const made = new Set([...all.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
    const used = new Set([...all.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
    expect([...used].filter((name) => !made.has(name))).toEqual([]);
    expect([...made].filter((name) => !used.has(name))).toEqual([]);
  });

  it('the face of Urdu supplies its spaces and sits where Latin does', () => {
    const faces = read('fonts.css')
      .split('@font-face')
      .filter((face) => face.includes('Nastaliq'));
    const urdu = faces.filter((face) => face.includes('unicode-range'));
    expect(urdu).toHaveLength(2);
    for (const face of urdu) {
      expect(face).toMatch(/unicode-range:\s*U\+0020,/);
      expect(face).toContain('ascent-override: 146%');
      expect(face).toContain('descent-override: 50%');
    }
  });
});
