import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
  const address = { SMTP_HOST: 'mail.example', PUBLIC_URL: 'https://bank.example' };
  expect(read({ ...given, ...address })).toMatchObject({
    ok: true,
    value: {
      warnings: [],
      demo: false,
      production: true,
      host: '0.0.0.0',
      bankId: 'bank-of-chakwal',
    },
  });
  expect(read({ NODE_ENV: 'production' })).toEqual({
    ok: false,
    errors: ['SECRET_KEY', 'BANK_ID', 'PUBLIC_URL', 'SMTP_HOST'].map(
      (name) => expect.stringContaining(name) as string,
    ),
  });
});

test('neither a demo nor production: what that leaves open is said at each start', () => {
  const warned = (env: Readonly<Record<string, string>>) => {
    const answer = read({ SECRET_KEY: strong, BANK_ID: 'bank-of-chakwal', ...env });
    return answer.ok ? answer.value.warnings.map((said) => said.split(' ')[0]) : answer.errors;
  };
  expect(warned({})).toEqual([]);
  expect(warned({ DEMO_MODE: 'off' })).toEqual(['NODE_ENV', 'PUBLIC_URL']);
  const address = { PUBLIC_URL: 'https://bank.example' };
  expect(warned({ DEMO_MODE: 'off', ...address })).toEqual(['NODE_ENV']);
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
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318/v1/traces'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector:4317'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=b%0d%0ax-other:%201'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%zz'],
    ['OTEL_SERVICE_NAME', 'a bank'],
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
    expect(answer.ok ? [] : answer.errors).toHaveLength(5);
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

describe('production', () => {
  const given = {
    ...{ NODE_ENV: 'production', SECRET_KEY: strong, BANK_ID: 'bank-of-chakwal' },
    ...{ SMTP_HOST: 'mail.example', PUBLIC_URL: 'https://bank.example' },
  };

  test.each([
    ['DEBUG', 'true'],
    ['SIGNUP_REVEALS_EXISTING', 'on'],
    ['DEMO_MODE', 'on'],
    ['CORS_ORIGINS', '*'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', 'true'],
    ['BCRYPT_COST', '10'],
    ['METRICS_TOKEN', 'metrics'],
  ])('refuses %s=%s', (name, value) => {
    const answer = read({ ...given, [name]: value });
    expect(answer).toMatchObject({ ok: false, errors: [expect.stringMatching(`^${name} `)] });
  });

  test('talks TLS to a database on another machine, and checks its name', () => {
    const url = 'postgres://sikka:secret@db.example:5432/sikka';
    const withUrl = (more: Readonly<Record<string, string>>) => {
      const answer = read({ ...given, DATABASE_URL: url, ...more });
      return answer.ok ? (answer.value.databaseUrl ?? '') : answer.errors.join(' ');
    };
    expect(withUrl({})).toContain('sslmode=verify-full');
    expect(withUrl({ DATABASE_CA_FILE: '/etc/ca.pem' })).toContain('sslrootcert=%2Fetc%2Fca.pem');
    expect(withUrl({ REQUIRE_SSL: 'false' })).toBe(url);
    expect(withUrl({ DATABASE_URL: `${url}?sslmode=disable` })).toMatch(/^DATABASE_URL must not/);
    expect(withUrl({ DATABASE_URL: 'postgres://sikka@127.0.0.1/x' })).not.toContain('sslmode');
  });
});

describe('a secret from a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sikka-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const fileWith = (text: string, mode: number) => {
    const file = path.join(folder, 'secret');
    writeFileSync(file, text, { mode });
    return file;
  };

  test('is read, without its line end', () => {
    const answer = read({ SECRET_KEY_FILE: fileWith(`${strong}\n`, 0o600) });
    expect(answer).toMatchObject({ ok: true, value: { secretKey: strong } });
  });

  test('that others may read, is missing, is weak, or is given twice is refused', () => {
    const others = fileWith(strong, 0o644);
    expect(read({ SECRET_KEY_FILE: others })).toMatchObject({ ok: false });
    expect(read({ SECRET_KEY_FILE: path.join(folder, 'none') })).toMatchObject({ ok: false });
    rmSync(others);
    expect(read({ SECRET_KEY_FILE: fileWith('changeme', 0o600) })).toMatchObject({ ok: false });
    const twice = { SECRET_KEY: strong, SECRET_KEY_FILE: path.join(folder, 'secret') };
    expect(read(twice)).toMatchObject({ ok: false });
  });

  test('is not for what is no secret', () => {
    expect(read({ PORT_FILE: fileWith('1', 0o600) })).toMatchObject({
      ok: true,
      value: { port: 9000 },
    });
  });
});

test.each([
  ['http://localhost:5173,https://app.example', ['http://localhost:5173', 'https://app.example']],
  ['["http://localhost:5173"]', ['http://localhost:5173']],
])('CORS_ORIGINS=%s', (text, origins) => {
  expect(read({ CORS_ORIGINS: text })).toMatchObject({ ok: true, value: { corsOrigins: origins } });
});

test.each([
  ['INFO', 'info'],
  ['WARNING', 'warn'],
  ['CRITICAL', 'error'],
])('LOG_LEVEL=%s, as other programs name it, is %s', (text, logLevel) => {
  expect(read({ LOG_LEVEL: text })).toMatchObject({ ok: true, value: { logLevel } });
});
