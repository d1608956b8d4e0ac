import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readConfig } from '../../bank/src/config.ts';
import { SETTINGS } from '../../bank/src/settings.ts';
import { envExample } from '../env-example/text.ts';

const file = fileURLToPath(new URL('../../.env.example', import.meta.url));

test('.env.example is what the settings say (else: npx tsx tools/env-example.ts)', () => {
  expect(readFileSync(file, 'utf8')).toBe(envExample());
});

test('it names every setting once, and nothing that is not one', () => {
  const named = [...envExample().matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name);
  expect(named).toEqual(Object.keys(SETTINGS));
});

test('all of its defaults together are what a bank without settings has', () => {
  const lines = [...envExample().matchAll(/^#([A-Z0-9_]+)='?(.*?)'?$/gm)];
  const env = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
  expect(readConfig(env, '/srv/bank')).toEqual(readConfig({}, '/srv/bank'));
});
