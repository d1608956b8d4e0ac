import { createHash } from 'node:crypto';
import { createDataKeyVault } from './data-key-vault.ts';
import type { WrappingKey } from './data-key-vault.ts';
import { createKmsClient } from './kms-client.ts';
import type { KmsClient, KmsOptions } from './kms-client.ts';
import { keyIdBytes } from './vault.ts';
import type { KeyVault } from './vault.ts';

export interface KmsVaultOptions extends KmsOptions {
  /** ARNs of symmetric keys, newest first. */
  readonly keys: readonly [string, ...string[]];
  /** Part of the encryption context: `production`. */
  readonly environment: string;
}

/**
 * A vault whose keys are in AWS KMS, or a service that speaks its API: it makes and unwraps data
 * keys under the encryption context `{purpose: "sikka_vault", environment}`.
 */
export function createKmsVault(options: KmsVaultOptions): KeyVault {
  const kms = createKmsClient(options);
  const { environment } = options;
  const [first, ...others] = options.keys;
  const wrappingKeys: [WrappingKey, ...WrappingKey[]] = [
    wrappingKey(kms, first, environment),
    ...others.map((arn) => wrappingKey(kms, arn, environment)),
  ];
  return createDataKeyVault({ name: 'kms', wrappingKeys, now: () => performance.now() });
}

function wrappingKey(kms: KmsClient, arn: string, environment: string): WrappingKey {
  const context = { purpose: 'sikka_vault', environment };
  return {
    id: createHash('sha256').update(`sikka/vault/v1/kms ${arn}`).digest().subarray(0, keyIdBytes),
    makeDataKey: () => kms.generateDataKey({ key: arn, context }),
    unwrapDataKey: (wrapped) => kms.decrypt({ key: arn, context, ciphertext: wrapped }),
  };
}
