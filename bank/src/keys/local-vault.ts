import type { KeyObject } from 'node:crypto';
import { createHmac } from 'node:crypto';
import { KeysError } from './errors.ts';
import { additionalData, damaged, decryptGcm, encryptGcm } from './gcm.ts';
import { headerBytes, keyIdBytes, VAULT_KINDS } from './vault.ts';
import type { KeyVault } from './vault.ts';

/**
 * A sealed secret:
 *
 *     kind of vault (1 byte, 1) ‖ key id (8) ‖ nonce (12) ‖ ciphertext ‖ tag (16)
 *
 * AES-256-GCM; additional data is the domain, kind and key id, then the context. The key id
 * says which master key sealed it, so that the master key can change while old rows still open.
 */
const domain = 'sikka/vault/v1';

/**
 * A vault in memory. The first master key seals, all of them open: to change it, give the new one
 * and the old one, seal every row anew (`npm run reseal`), then give only the new one.
 */
export function createLocalVault(masterKeys: readonly [KeyObject, ...KeyObject[]]): KeyVault {
  const keys = new Map(masterKeys.map((key) => [keyIdOf(key).toString('hex'), key]));
  const [current] = masterKeys;
  const header = Buffer.concat([Buffer.of(VAULT_KINDS.local), keyIdOf(current)]);
  return {
    name: 'local',
    header,
    seal: async (plaintext, context) =>
      Buffer.concat([
        header,
        encryptGcm(current, plaintext, additionalData(domain, header, context)),
      ]),
    open: async (sealed, context) => {
      if (sealed.length < headerBytes || sealed[0] !== VAULT_KINDS.local) throw damaged();
      const given = sealed.subarray(0, headerBytes);
      const key = keys.get(Buffer.from(given.subarray(1)).toString('hex'));
      if (key === undefined) {
        throw new KeysError(
          'keys/wrong_master_key',
          'The keys in this database were sealed under another master key. Start with the ' +
            'MASTER_KEY, or the master.key in the data folder, that this database was made ' +
            'with; to replace it, give that one as OLD_MASTER_KEY and run `npm run reseal`.',
        );
      }
      return decryptGcm(key, sealed.subarray(headerBytes), additionalData(domain, given, context));
    },
  };
}

/** Says which key, and nothing about it. */
function keyIdOf(key: KeyObject): Buffer {
  return createHmac('sha256', key).update(`${domain}/key-id`).digest().subarray(0, keyIdBytes);
}
