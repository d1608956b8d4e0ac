import { Value } from '@sinclair/typebox/value';
import { describe, expect, test } from 'vitest';
import type { Route } from '../src/index.ts';
import { commonProblems, PROBLEM_CODES, ROUTES } from '../src/index.ts';

const rows = Object.entries<Route>(ROUTES);

describe('every row of the table', () => {
  test.each(rows)('%s has examples that fit its schemas', (_, route) => {
    if ('schema' in route.answer) {
      expect([...Value.Errors(route.answer.schema, route.answer.example)]).toEqual([]);
    }
    if (route.body?.type !== 'json') return;
    expect([...Value.Errors(route.body.schema, route.body.example)]).toEqual([]);
    // An older client may send more than is read; what is read is never the role.
    if (typeof route.body.example !== 'object') return;
    const more = { ...exampleOf(route), admin_role: 'pay_admin' };
    expect(Value.Check(route.body.schema, more)).toBe(route.body.open === true);
  });

  test.each(rows)('%s names the parameters of its path, and refuses others', (_, route) => {
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(route.params?.properties ?? {})).toEqual(inPath);
    const isOpen = route.body?.type === 'json' && route.body.open === true;
    for (const schema of [route.params, route.query, isOpen ? undefined : jsonSchemaOf(route)]) {
      expect(schema?.['additionalProperties'] ?? false).toBe(false);
    }
  });

  test.each(rows)('%s lists no problem twice', (_, route) => {
    for (const problems of [route.problems, commonProblems(route)]) {
      expect(new Set(problems).size).toBe(problems.length);
    }
  });
});

test('no two rows share method and path', () => {
  const places = rows.map(([, { method, path }]) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
});

test('only what anyone may verify, and the service’s own pages, are public', () => {
  expect(rows.filter(([, { auth }]) => auth === 'public').map(([name]) => name)).toEqual([
    'getHome',
    'getStyle',
    'getHealth',
    'getReady',
    'getMetrics',
    'getDocs',
    'getDocsAsset',
    'getRedoc',
    'getRedocAsset',
    'getOpenApi',
    'getIssuerKeys',
    'signUp',
    'verifyEmail',
    'login',
    'confirmLogin',
    'refreshToken',
    'logOut',
    'forgotPassword',
    'resetPassword',
    'askPasskeyLogin',
    'confirmByPasskey',
    'verifyReceipt',
    'getProof',
    'getLatestBulletin',
    'getBulletin',
    'getLatestCheckpoint',
    'listCheckpoints',
    'getConsistency',
    'getMailbox',
    'getMailboxStyle',
    'getOfflinePolicy',
    'pushBundle',
    'registerKyc',
    'getKyc',
    'requestLimitWallet',
    'getLimitWallet',
    'getLimitWalletOf',
    'getSealingKey',
    'verifyLedger',
    'settleLedger',
  ]);
});

test('only what older clients send may have members that nobody reads', () => {
  const isOpen = ({ body }: Route) => body?.type === 'json' && body.open === true;
  expect(rows.filter(([, route]) => isOpen(route)).map(([name]) => name)).toEqual([
    'signUp',
    'verifyEmail',
    'login',
    'confirmLogin',
    'refreshToken',
    'logOut',
    'forgotPassword',
    'resetPassword',
    'updateUser',
    'changePassword',
    'decodeIntegrity',
    'createWallet',
    'askWallet',
    'verifyWallet',
    'createTransfer',
    'setSigningKey',
    'createQrCode',
    'topUp',
    'verifyTopUp',
    'createTransaction',
    'createLocal',
    'signAndStore',
    'syncOffline',
    'verifyReceipt',
    'registerTill',
    'setOfflinePolicy',
    'pushBundle',
    'registerKyc',
    'approveKyc',
    'requestLimitWallet',
    'approveLimitWallet',
    'verifyLedger',
    'settleLedger',
  ]);
});

test('a blocked account can hand in and look, and revoke what it lost; it can move nothing', () => {
  expect(
    rows.filter(([, { openToBlocked }]) => openToBlocked === true).map(([name]) => name),
  ).toEqual([
    'syncOffline',
    'listDevices',
    'revokeDevice',
    'listAllowances',
    'handInDocuments',
    'getPayment',
    'getPaymentReceipt',
  ]);
});

test.each([
  ['"500.00"', '500.00', true],
  ['"5"', '5', true],
  ['"0.01"', '0.01', true],
  ['zero as a number', 0, false],
  ['-1', -1, false],
  ['1.5 as a number', 1.5, false],
  ['1e3', 1e3, false],
  ['2^53 + 1', 2 ** 53 + 1, false],
  ['true', true, false],
  ['null', null, false],
  ['a list', [5], false],
  ['Arabic digits', '١٢', false],
  ['a leading space', ' 5', false],
  ['a trailing line end', '5\n', false],
  ['a sign', '+5', false],
  ['a minus', '-5', false],
  ['an exponent', '1e3', false],
  ['a leading zero', '05', false],
  ['no major digits', '.50', false],
  ['no minor digits', '5.', false],
  ['grouping', '5,000.00', false],
  ['seventeen digits', '1'.repeat(17), false],
  ['hexadecimal', '0x10', false],
  ['the empty text', '', false],
])('an amount that is %s: %s → %s', (_, amount, fits) => {
  const order = { ...exampleOf(ROUTES.createTransfer), amount };
  expect(Value.Check(ROUTES.createTransfer.body.schema, order)).toBe(fits);
});

test('a problem repeats only where it is transient, and every status is one HTTP has', () => {
  for (const [code, { status, transient }] of Object.entries(PROBLEM_CODES)) {
    const own = code.startsWith('client/');
    expect(status === 0, code).toBe(own);
    expect(own || (status >= 400 && status < 600), code).toBe(true);
    if (status >= 500) expect(transient, code).toBe(true);
  }
});

function exampleOf(route: Route): Readonly<Record<string, unknown>> {
  return (route.body?.type === 'json' ? route.body.example : {}) as Record<string, unknown>;
}

function jsonSchemaOf(route: Route) {
  return route.body?.type === 'json' ? route.body.schema : undefined;
}
