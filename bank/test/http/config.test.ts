import { describe, expect, test } from 'vitest';
import { isStrongSecret, readConfig } from '../../src/config.ts';

const strong = 'kJ8vQ2mX5nB7cR4tY6uW9zA1sD3fG0hL';
const read = (env: Readonly<Record<string, string>>) => readConfig(env, '/srv/bank');

test('nothing set: a demo, for this machine alone', () => {
  expect(read({})).toMatchObject({
    ok: true,
    value: {
      demo: true,
      production: false,
      host: '127.0.0.1',
      port: 9000,
      dataDir: '/srv/bank/data',
      databaseUrl: undefined,
      bankId: 'sikka-demo',
    },
  });
});

test('production: nothing is made up', () => {
  const given = { NODE_ENV: 'production', SECRET_KEY: strong, BANK_ID: 'bank-of-chakwal' };
  const mail = { SMTP_HOST: 'mail.example' };
  expect(read({ ...given, ...mail })).toMatchObject({
    ok: true,
    value: { demo: false, production: true, host: '0.0.0.0', bankId: 'bank-of-chakwal' },
  });
  expect(read({ NODE_ENV: 'production' })).toEqual({
    ok: false,
    errors: ['SECRET_KEY', 'BANK_ID', 'SMTP_HOST'].map(
      (name) => expect.stringContaining(name) as string,
    ),
  });
});

describe('a mistake', () => {
  test.each([
    ['PORT', '90000'],
    ['PORT', '-1'],
    ['PORT', '9000x'],
    ['PORT', '1e3'],
    ['DEMO_MODE', 'maybe'],
    ['DATABASE_URL', 'mysql://x'],
    ['DATABASE_URL', 'localhost'],
    ['DATABASE_POOL_SIZE', '0'],
    ['DATABASE_POOL_SIZE', '201'],
    ['BANK_ID', 'Bank of Chakwal'],
    ['BANK_ID', 'x'.repeat(33)],
    ['LOG_LEVEL', 'verbose'],
    ['SECRET_KEY', 'short'],
    ['SECRET_KEY', 'a'.repeat(64)],
    ['SECRET_KEY', 'changeme'.repeat(8)],
  ])('in %s is named, its value is not', (name, value) => {
    const answer = read({ [name]: value });
    expect(answer).toEqual({ ok: false, errors: [expect.stringMatching(`^${name} must be`)] });
    const said = answer.ok ? '' : answer.errors.join(' ');
    if (value.length > 3) expect(said).not.toContain(value);
  });

  test('is told together with all others', () => {
    const answer = read({ PORT: 'x', LOG_LEVEL: 'x', NODE_ENV: 'production', DEMO_MODE: 'on' });
    expect(answer.ok ? [] : answer.errors).toHaveLength(4);
  });
});

test('an empty setting is none', () => {
  expect(read({ PORT: '', SECRET_KEY: '', DATABASE_URL: '' })).toMatchObject({ ok: true });
});

test.each([
  [strong, true],
  [strong.slice(1), false],
  ['0123456789'.repeat(4), true],
  ['012345678'.repeat(4), false],
])('%s is strong enough: %s', (secret, expected) => {
  expect(isStrongSecret(secret)).toBe(expected);
});
