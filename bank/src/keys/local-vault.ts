import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { KeysError } from './errors.ts';
import { limits } from './limits.ts';
import type { KeyVault } from './vault.ts';

/**
 * A sealed secret:
 *
 *     version (1 byte, 1) ‖ key id (8) ‖ nonce (12) ‖ ciphertext ‖ tag (16)
 *
 * AES-256-GCM; additional data is the domain, version and key id, then the context. The key id
 * says which master key sealed it, so that the master key can change while old rows still open.
 */
const version = 1;
const keyIdBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + keyIdBytes;
const domain = 'sikka/vault/v1';

/**
 * A vault in memory. The first master key seals, all of them open: to change it, give the new one
 * and the old one, seal every row anew, then give only the new one.
 */
export function createLocalVault(masterKeys: readonly [KeyObject, ...KeyObject[]]): KeyVault {
  const keys = new Map(masterKeys.map((key) => [keyIdOf(key).toString('hex'), key]));
  const [current] = masterKeys;
  const header = Buffer.concat([Buffer.of(version), keyIdOf(current)]);
  return {
    name: 'local',
    seal: async (plaintext, context) => {
      if (plaintext.length > limits.plaintextBytes) throw new RangeError('Too long to seal.');
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', current, nonce, { authTagLength: tagBytes });
      cipher.setAAD(additionalData(header, context));
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return Buffer.concat([header, nonce, ciphertext, cipher.getAuthTag()]);
    },
    open: async (sealed, context) => {
      const parts = split(sealed);
      const key = keys.get(parts.header.subarray(1).toString('hex'));
      if (key === undefined) {
        throw new KeysError(
          'keys/wrong_master_key',
          'The keys in this database were sealed under another master key. Start with the ' +
            'MASTER_KEY, or the master.key in the data folder, that this database was made with.',
        );
      }
      return decrypt(key, parts, context);
    },
  };
}

interface Sealed {
  readonly header: Buffer;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** By fixed places: whatever was cut off, the tag is 16 bytes or the whole is refused. */
function split(sealed: Uint8Array): Sealed {
  const bytes = Buffer.from(sealed);
  const least = headerBytes + nonceBytes + tagBytes;
  const most = least + limits.plaintextBytes;
  if (bytes.length < least || bytes.length > most || bytes[0] !== version) throw damaged();
  return {
    header: bytes.subarray(0, headerBytes),
    nonce: bytes.subarray(headerBytes, headerBytes + nonceBytes),
    ciphertext: bytes.subarray(headerBytes + nonceBytes, -tagBytes),
    tag: bytes.subarray(-tagBytes),
  };
}

function decrypt(key: KeyObject, parts: Sealed, context: string): Buffer {
  // Without authTagLength Node takes tags of 4 bytes, which can be forged by trying.
  const decipher = createDecipheriv('aes-256-gcm', key, parts.nonce, { authTagLength: tagBytes });
  decipher.setAAD(additionalData(parts.header, context));
  decipher.setAuthTag(parts.tag);
  const head = decipher.update(parts.ciphertext);
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch {
    throw damaged();
  } finally {
    head.fill(0);
  }
}

function additionalData(header: Buffer, context: string): Buffer {
  const bytes = Buffer.from(context, 'utf8');
  if (bytes.length > limits.contextBytes) throw new RangeError('A context names one row.');
  return Buffer.concat([Buffer.from(domain), header, bytes]);
}

/** Says which key, and nothing about it. */
function keyIdOf(key: KeyObject): Buffer {
  return createHmac('sha256', key).update(`${domain}/key-id`).digest().subarray(0, keyIdBytes);
}

function damaged(): KeysError {
  return new KeysError(
    'keys/sealed_damaged',
    'A sealed key was changed, or lies in another row than it was sealed for.',
  );
}
