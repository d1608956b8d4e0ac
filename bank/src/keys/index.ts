/** The bank's keys and the vault that seals them (spec/suites.md §3, §4). */
export type {
  BundleKeyRefusal,
  BundleKeys,
  BundleKeysOptions,
  UnwrappedBundleKey,
} from './bundle-keys.ts';
export { createBundleKeys } from './bundle-keys.ts';
export type { KeysErrorCode } from './errors.ts';
export { KEYS_ERROR_CODES, KeysError } from './errors.ts';
export type { IssuerKeys, PublicIssuerKey } from './issuer-keys.ts';
export { createIssuerKeys } from './issuer-keys.ts';
export type { IssuerKeysOptions, IssuerSigner } from './issuer-signer.ts';
export type { KmsVaultOptions } from './kms-vault.ts';
export { createKmsVault } from './kms-vault.ts';
export { limits as keysLimits } from './limits.ts';
export { createLocalVault } from './local-vault.ts';
export type { MasterKeys, MasterKeySource } from './master-key.ts';
export { loadMasterKeys } from './master-key.ts';
export type { Resealed, ResealDeps, ResealProgress } from './reseal/reseal.ts';
export { resealRows } from './reseal/reseal.ts';
export type { SealedRow, SealedRows } from './reseal/sealed-rows.ts';
export { sealedKeyRows } from './sealed-key-rows.ts';
export type { SealingOpeners, SealingOpenersOptions } from './sealing-openers.ts';
export { createSealingOpeners } from './sealing-openers.ts';
export type {
  PublicSealingKey,
  SealingJwk,
  SealingKeys,
  SealingKeysOptions,
} from './sealing-keys.ts';
export { createSealingKeys } from './sealing-keys.ts';
export type { SecretName, Secrets, SecretsOptions } from './secrets.ts';
export { createSecrets } from './secrets.ts';
export type { VaultsOptions } from './open-vaults.ts';
export { openVaults } from './open-vaults.ts';
export type { ClosableVault, Pkcs11Options } from './pkcs11-vault.ts';
export { openPkcs11Vault } from './pkcs11-vault.ts';
export { openPrivateKey, sealPrivateKey } from './sealed-key.ts';
export type { KeyVault, VaultName } from './vault.ts';
export { VAULT_NAMES } from './vault.ts';
