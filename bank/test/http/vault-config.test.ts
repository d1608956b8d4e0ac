import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const pkcs11 = {
  PKCS11_LIBRARY: '/usr/lib/softhsm/libsofthsm2.so',
  PKCS11_TOKEN: 'sikka',
  PKCS11_KEYS: 'sikka-2, sikka-1',
  PKCS11_PIN: '739251',
};
const arn = (region: string, id: string) => `arn:aws:kms:${region}:111122223333:key/${id}`;
const kms = {
  KMS_KEYS: `${arn('eu-west-1', 'new')},${arn('eu-west-1', 'old')}`,
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

const vaultOf = (env: Readonly<Record<string, string>>) => {
  const answer = readConfig(env, '/srv/bank');
  return answer.ok ? answer.value.vault : answer.errors.join(' ');
};

test('nothing set: the vault in memory, and no other', () => {
  expect(vaultOf({})).toEqual({
    sealing: 'local',
    masterKey: undefined,
    pkcs11: undefined,
    kms: undefined,
    bundleKeys: { kms: undefined, developmentPassword: undefined },
  });
});

test('a hardware module, and the master key from which rows are moved to it', () => {
  expect(vaultOf({ ...pkcs11, KEY_VAULT: 'pkcs11', OLD_MASTER_KEY: 'old' })).toMatchObject({
    sealing: 'pkcs11',
    masterKey: 'old',
    pkcs11: { token: 'sikka', keys: ['sikka-2', 'sikka-1'], pin: '739251' },
  });
});

test('a key service, whose keys say where it is', () => {
  expect(vaultOf({ ...kms, KEY_VAULT: 'kms' })).toMatchObject({
    sealing: 'kms',
    kms: {
      endpoint: 'https://kms.eu-west-1.amazonaws.com',
      region: 'eu-west-1',
      keys: [arn('eu-west-1', 'new'), arn('eu-west-1', 'old')],
      environment: 'development',
    },
  });
});

test('one that opens and does not seal', () => {
  const both = { MASTER_KEY: 'new', OLD_MASTER_KEY: 'old' };
  expect(vaultOf({ ...pkcs11, ...both })).toMatchObject({
    sealing: 'local',
    masterKey: 'new,old',
    pkcs11: { token: 'sikka' },
  });
});

test('a key for bundles alone seals nothing', () => {
  const { KMS_KEYS: _, ...credentials } = kms;
  const bundle = { KMS_BUNDLE_KEY: arn('me-south-1', 'bundles'), KMS_ENVIRONMENT: 'staging' };
  expect(vaultOf({ ...credentials, ...bundle })).toMatchObject({
    kms: undefined,
    bundleKeys: { kms: { region: 'me-south-1', environment: 'staging' } },
  });
});

test.each([
  ['a vault that is not there', { KEY_VAULT: 'vault' }, 'KEY_VAULT must be'],
  ['a module not named', { KEY_VAULT: 'pkcs11' }, 'PKCS11_LIBRARY,'],
  ['a module without its PIN', { ...pkcs11, PKCS11_PIN: '' }, 'PKCS11_PIN'],
  ['no key', { ...pkcs11, PKCS11_KEYS: ' , ' }, 'PKCS11_KEYS must be'],
  ['five keys', { ...pkcs11, PKCS11_KEYS: 'a,b,c,d,e' }, 'PKCS11_KEYS must be'],
  ['a service not named', { KEY_VAULT: 'kms' }, 'KMS_KEYS must be'],
  ['a service without credentials', { KMS_KEYS: kms.KMS_KEYS }, 'AWS_ACCESS_KEY_ID'],
  ['an alias', { ...kms, KMS_KEYS: 'arn:aws:kms:eu-west-1:111122223333:alias/x' }, 'KMS_KEYS'],
  ['two regions', { ...kms, KMS_KEYS: `${arn('a', '1')},${arn('b', '2')}` }, 'KMS_KEYS must be'],
  ['a service in the clear', { ...kms, KMS_ENDPOINT: 'http://kms.example' }, 'KMS_ENDPOINT'],
  ['an old key alone', { OLD_MASTER_KEY: 'old' }, 'OLD_MASTER_KEY'],
  [
    'the development form outside a demo',
    { DEMO_MODE: 'off', MOCK_KMS_PASSWORD: 'mock-kms-password' },
    'MOCK_KMS_PASSWORD',
  ],
])('%s is refused, without repeating a secret', (_name, env, said) => {
  const answer = vaultOf(env);
  expect(answer).toContain(said);
  expect(answer).not.toMatch(/739251|wJalrXUtnFEMI|mock-kms-password/);
});
