import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const OUR_ACCOUNT = 'PK36SCBL0000001123456702';
const given = {
  NODE_ENV: 'production',
  SECRET_KEY: 'kJ8vQ2mX5nB7cR4tY6uW9zA1sD3fG0hL',
  BANK_ID: 'bank-of-chakwal',
  SMTP_HOST: 'mail.example',
  PUBLIC_URL: 'https://bank.example',
};
const read = (env: Readonly<Record<string, string>>) => readConfig(env, '/srv/bank');

test('play money comes in a demo, none in production unless files bring it', () => {
  expect(read({})).toMatchObject({ value: { rail: { kind: 'simulated' } } });
  expect(read(given)).toMatchObject({ value: { rail: { kind: 'none' } } });
  const files = { RAIL: 'files', RAIL_DIR: 'rail', RAIL_ACCOUNT: 'PK36 SCBL 0000 0011 2345 6702' };
  expect(read({ ...given, ...files })).toMatchObject({
    value: { rail: { kind: 'files', dir: '/srv/bank/rail', account: OUR_ACCOUNT } },
  });
});

test.each([
  ['play money in production', { RAIL: 'simulated' }, 'RAIL can be simulated in a demo only.'],
  ['files without a folder', { RAIL: 'files', RAIL_ACCOUNT: OUR_ACCOUNT }, 'RAIL_DIR'],
  ['files without our account', { RAIL: 'files', RAIL_DIR: 'rail' }, 'RAIL_ACCOUNT'],
  ['an account that is none', { RAIL_ACCOUNT: 'PK37SCBL0000001123456702' }, 'RAIL_ACCOUNT'],
  ['a rail that nobody built', { RAIL: 'swift' }, 'RAIL must be one of'],
])('settings are refused with %s', (_what, env, said) => {
  const answer = read({ ...given, ...env });
  expect(answer).toMatchObject({ ok: false });
  expect(answer.ok ? '' : answer.errors.join(' ')).toContain(said);
});
