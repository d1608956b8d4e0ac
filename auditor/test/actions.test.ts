import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ACTIONS } from '../src/checks/actions.ts';

/** The bank's sources, read as text: the auditor takes nothing else from them. */
const BANK = fileURLToPath(new URL('../../bank/src/', import.meta.url));

/** Where an event is made: its action is a word with a dot, or ends in what is filled in. */
const MAKES_EVENTS = /\baction\b|\bnote\(|\baudit\(|\barray\[|\(\) => '/;
const WORDS = /'([a-z_]+\.[a-z_]+)'|`([a-z_]+\.)\$\{|action: '([a-z_]+)'/g;

/** Beside events: what is decided about a bundle by its score, and a header of an answer. */
const NO_EVENTS = ['deny', 'accept'];

async function actionsOfTheBank(): Promise<readonly string[]> {
  const files = await readdir(BANK, { recursive: true });
  const sources = files.filter((file) => /\.(ts|sql)$/.test(file));
  const texts = await Promise.all(sources.map((file) => readFile(path.join(BANK, file), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => MAKES_EVENTS.test(line));
  const words = lines.flatMap((line) => [...line.matchAll(WORDS)].map((match) => match.slice(1)));
  return [...new Set(words.flat().filter((word) => word !== undefined))];
}

test('the auditor knows every action that the bank’s sources record', async () => {
  const recorded = (await actionsOfTheBank()).filter((word) => !NO_EVENTS.includes(word));
  const isKnown = (word: string) =>
    word.endsWith('.') ? ACTIONS.some((action) => action.startsWith(word)) : ACTIONS.includes(word);
  expect(recorded.filter((word) => !isKnown(word))).toEqual([]);
  expect(recorded.length).toBeGreaterThan(60);
});
