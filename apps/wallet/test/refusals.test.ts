import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commonProblems, PROBLEM_CODES, ROUTES } from '@sikka/api';
import { PROTOCOL_CODES } from '@sikka/protocol';
import { WALLET_CODES } from '@sikka/wallet/payer';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../build/catalogues.ts';
import { CALLED_ROUTES } from '../src/account/routes.ts';

/** What the app itself refuses. */
const APP_CODES = ['unknown', 'app/other_account'];
const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));
const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => readFileSync(join(SOURCES, path), 'utf8'));
/** A screen's own code. */
const given = (code: string) => sources.some((text) => text.includes(`'${code}'`));
/** Every client finds these out by itself. */
const CLIENT_CODES = Object.keys(PROBLEM_CODES).filter((code) => code.startsWith('client/'));
const ROUTE_CODES = CALLED_ROUTES.flatMap((name) => [
  ...ROUTES[name].problems,
  ...commonProblems(ROUTES[name]),
]);
const CODES = [
  ...new Set<string>([
    ...[...APP_CODES, ...CLIENT_CODES, ...ROUTE_CODES],
    ...[...WALLET_CODES, ...PROTOCOL_CODES],
  ]),
].sort();

describe.each(['en', 'ur'])('refusals in %s', (language) => {
  const texts = readCatalogue(language);

  it.each(CODES)('%s has a sentence', (code) => {
    const sentence = texts[`refusals.${code}`] ?? '';
    expect(sentence.length).toBeGreaterThan(8);
    // A whole sentence, without what a log would say.
    expect(sentence).toMatch(language === 'ur' ? /[۔)]$/ : /[.)]$/);
    expect(sentence.replace('{code}', '')).not.toMatch(/[_/{}!]|null|undefined|Oops/);
  });

  it('has no sentence that nothing gives', () => {
    const said = Object.keys(texts).filter((key) => key.startsWith('refusals.'));
    const codes = said.map((key) => key.slice('refusals.'.length));
    expect(codes.filter((code) => !CODES.includes(code) && !given(code))).toEqual([]);
  });
});
