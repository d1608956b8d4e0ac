import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../build/catalogues.ts';
import { AREAS } from '../src/language/catalogue.ts';
import { parseMessage, valuesOf } from '../src/language/message.ts';

const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../../i18n/app/', import.meta.url));
const en = readCatalogue('en');
const ur = readCatalogue('ur');

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('gallery'))
  .map((path) => ({ path, text: readFileSync(join(SOURCES, path), 'utf8') }));

describe('catalogues', () => {
  it.each(['en', 'ur'])('has a file for each area and no other: %s', (language) => {
    const files = readdirSync(join(FOLDER, language)).map((file) => file.replace('.json', ''));
    expect(files.sort()).toEqual([...AREAS].sort());
  });

  it('says the same things in both languages', () => {
    expect(Object.keys(ur).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.keys(en))('%s has the same values in both languages', (key) => {
    expect(valuesOf(ur[key] ?? '')).toEqual(valuesOf(en[key] ?? ''));
    expect(() => parseMessage(en[key] ?? '{')).not.toThrow();
  });

  it('has no message that nobody says', () => {
    const all = sources.map(({ text }) => text).join('\n');
    // Sentences of refusals are looked up by their code.
    const looked = Object.keys(en).filter((key) => !key.startsWith('refusals.'));
    expect(looked.filter((key) => !all.includes(`'${key}'`))).toEqual([]);
  });

  it('is Urdu where it says it is', () => {
    // Names and abbreviations that people read in Latin letters.
    const latin = /\b(?!Sikka|QR|PIN|PDF|CSV|IBAN|SMS|A4|A6|Wi-Fi|EMV|Bluetooth)[A-Za-z]{2,}\b/;
    const plain = (text: string) => text.replaceAll(/\{\w+(, plural,)?|(one|other) \{/g, '');
    expect(Object.entries(ur).filter(([, text]) => latin.test(plain(text)))).toEqual([]);
  });
});

describe('screens', () => {
  // Both languages beside each other, before one is chosen.
  const spoken = sources.filter(
    ({ path }) => path.endsWith('.tsx') && !path.endsWith('language-screen.tsx'),
  );

  it.each(spoken)('$path says nothing outside of the catalogues', ({ text }) => {
    // Text between tags: letters that stand alone on a line, or between > and <.
    const between = [...text.matchAll(/>([^<>{}=;()]*[A-Za-z]{2}[^<>{}=;()]*)<\//g)];
    expect(between.map(([, words]) => words?.trim())).toEqual([]);
    const attributes = [...text.matchAll(/(?:aria-label|title|label|alt|placeholder)="([^"]+)"/g)];
    expect(attributes.map(([, words]) => words)).toEqual([]);
  });

  it.each(sources)('$path writes no markup from text', ({ text }) => {
    const banned = /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|eval\(/;
    expect(banned.exec(text)?.[0]).toBeUndefined();
  });
});
