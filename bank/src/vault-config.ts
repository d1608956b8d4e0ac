import type { BundleKeysOptions, KmsVaultOptions, VaultsOptions } from './keys/index.ts';
import type { ReadSetting } from './settings.ts';

export interface VaultConfig extends Omit<VaultsOptions, 'master'> {
  /** MASTER_KEY and OLD_MASTER_KEY; undefined: a file in the data folder, in a demo made there. */
  readonly masterKey: string | undefined;
  readonly bundleKeys: BundleKeysOptions;
}

/** What seals, and what opens what was sealed before. Names every mistake in `errors`. */
export function vaultOf(
  read: ReadSetting,
  { demo, errors }: { readonly demo: boolean; readonly errors: string[] },
): VaultConfig {
  const sealing = read('KEY_VAULT') ?? 'local';
  const pkcs11 = pkcs11Of(read);
  const kms = kmsOf(read, demo);
  if (pkcs11 === 'incomplete' || (sealing === 'pkcs11' && pkcs11 === undefined)) {
    errors.push('PKCS11_LIBRARY, PKCS11_TOKEN, PKCS11_KEYS and PKCS11_PIN must be set together.');
  }
  if (kms === 'incomplete' || (sealing === 'kms' && kms?.vault === undefined)) {
    errors.push('KMS_KEYS must be set with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  }
  const [now, before] = [read('MASTER_KEY'), read('OLD_MASTER_KEY')];
  if (sealing === 'local' && now === undefined && before !== undefined) {
    errors.push('OLD_MASTER_KEY must not be set without the MASTER_KEY that replaces it.');
  }
  const developmentPassword = read('MOCK_KMS_PASSWORD');
  if (!demo && developmentPassword !== undefined) {
    errors.push('MOCK_KMS_PASSWORD can be set in a demo only.');
  }
  const keys = [now, before].filter((key) => key !== undefined);
  const service = kms === 'incomplete' ? undefined : kms;
  return {
    sealing,
    masterKey: keys.length === 0 ? undefined : keys.join(','),
    pkcs11: pkcs11 === 'incomplete' ? undefined : pkcs11,
    kms: service?.vault,
    bundleKeys: { kms: service?.bundles, developmentPassword },
  };
}

function pkcs11Of(read: ReadSetting): VaultConfig['pkcs11'] | 'incomplete' {
  const library = read('PKCS11_LIBRARY');
  if (library === undefined) return undefined;
  const [token, keys, pin] = [read('PKCS11_TOKEN'), read('PKCS11_KEYS'), read('PKCS11_PIN')];
  if (token === undefined || keys === undefined || pin === undefined) return 'incomplete';
  return { library, token, keys, pin };
}

interface KmsConfig {
  readonly vault: KmsVaultOptions | undefined;
  readonly bundles: BundleKeysOptions['kms'];
}

function kmsOf(read: ReadSetting, demo: boolean): KmsConfig | undefined | 'incomplete' {
  const [keys, key] = [read('KMS_KEYS'), read('KMS_BUNDLE_KEY')];
  if (keys === undefined && key === undefined) return undefined;
  const accessKeyId = read('AWS_ACCESS_KEY_ID');
  const secretAccessKey = read('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined || secretAccessKey === undefined) return 'incomplete';
  const sessionToken = read('AWS_SESSION_TOKEN');
  const session = sessionToken === undefined ? {} : { sessionToken };
  const shared = {
    credentials: { accessKeyId, secretAccessKey, ...session },
    environment: read('KMS_ENVIRONMENT') ?? (demo ? 'development' : 'production'),
  };
  const at = (arn: string) => serviceOf(arn, read('KMS_ENDPOINT'));
  return {
    vault: keys === undefined ? undefined : { ...shared, ...at(keys[0]), keys },
    bundles: key === undefined ? undefined : { ...shared, ...at(key), key },
  };
}

/** `arn:aws:kms:eu-west-1:…`: the key says where its service is. */
function serviceOf(arn: string, endpoint: string | undefined) {
  const [, partition, , region = ''] = arn.split(':');
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { region, endpoint: endpoint ?? `https://kms.${region}.${domain}` };
}
