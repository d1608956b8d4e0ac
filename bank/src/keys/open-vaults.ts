import { KeysError } from './errors.ts';
import { damaged } from './gcm.ts';
import { createKmsVault } from './kms-vault.ts';
import type { KmsVaultOptions } from './kms-vault.ts';
import { createLocalVault } from './local-vault.ts';
import { findMasterKeys, loadMasterKeys } from './master-key.ts';
import type { MasterKeySource } from './master-key.ts';
import { openPkcs11Vault } from './pkcs11-vault.ts';
import type { ClosableVault, Pkcs11Options } from './pkcs11-vault.ts';
import { VAULT_KINDS, VAULT_NAMES } from './vault.ts';
import type { KeyVault, VaultName } from './vault.ts';

export interface VaultsOptions {
  /** Which one seals. The others only open, where they are configured. */
  readonly sealing: VaultName;
  readonly master: MasterKeySource;
  readonly pkcs11: Pkcs11Options | undefined;
  readonly kms: KmsVaultOptions | undefined;
}

/**
 * Every vault that is configured, as one: what it seals comes from `sealing`, what it opens may
 * come from any, so that rows can move from one vault to another while the bank runs.
 *
 * Throws the errors of the vaults that it opens, and what a missing master key throws.
 */
export async function openVaults(options: VaultsOptions): Promise<ClosableVault> {
  const { sealing, master, kms } = options;
  const keys = sealing === 'local' ? await loadMasterKeys(master) : await findMasterKeys(master);
  const hardware = options.pkcs11 === undefined ? undefined : await openPkcs11Vault(options.pkcs11);
  const vaults = {
    local: keys === undefined ? undefined : createLocalVault(keys),
    pkcs11: hardware?.vault,
    kms: kms === undefined ? undefined : createKmsVault(kms),
  };
  const close = async () => hardware?.close();
  const current = vaults[sealing];
  if (current === undefined) {
    await close();
    throw notConfigured(sealing);
  }
  return { vault: combine(current, vaults), close };
}

function combine(
  current: KeyVault,
  vaults: Readonly<Record<VaultName, KeyVault | undefined>>,
): KeyVault {
  return {
    ...current,
    open: async (sealed, context) => {
      const name = VAULT_NAMES.find((each) => VAULT_KINDS[each] === sealed[0]);
      if (name === undefined) throw damaged();
      const vault = vaults[name];
      if (vault === undefined) throw notConfigured(name);
      return vault.open(sealed, context);
    },
  };
}

const SETTINGS_OF = {
  local: 'MASTER_KEY or OLD_MASTER_KEY',
  pkcs11: 'PKCS11_LIBRARY and what belongs to it',
  kms: 'KMS_KEYS and what belongs to it',
} as const satisfies Readonly<Record<VaultName, string>>;

function notConfigured(name: VaultName): KeysError {
  return new KeysError(
    'keys/vault_not_configured',
    `Keys in this database were sealed by the vault "${name}", which is not configured: set ` +
      `${SETTINGS_OF[name]} until \`npm run reseal\` has sealed them anew.`,
  );
}
