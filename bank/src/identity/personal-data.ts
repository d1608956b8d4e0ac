import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { KeyVault } from '../keys/index.ts';

/** What the bank knows of a person, as it is sealed; never logged, never in an audit event. */
export interface Profile {
  readonly email: string;
  /** As the person typed it; what payers are shown is the account's verified name. */
  readonly name: string;
  readonly phone?: string;
  /** Where money comes from when the person tops up. */
  readonly iban?: string;
  /** The account from which their own money last came in: where it may go out to. */
  readonly provedIban?: string;
}

export interface SealedProfile {
  /** nonce (12) ‖ ciphertext ‖ tag (16), AES-256-GCM under the person's own key. */
  readonly sealed: Uint8Array;
  /** That key, sealed by the vault. */
  readonly sealedKey: Uint8Array;
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const digestBytes = 16;
const domain = 'sikka/person/v1';
const digestDomain = 'sikka/person-digest/v1';

/** Seals a person's data under a fresh key of their own: without the key there is no person. */
export async function sealProfile(
  vault: KeyVault,
  accountId: bigint,
  profile: Profile,
): Promise<SealedProfile> {
  const key = randomBytes(keyBytes);
  try {
    const sealedKey = await vault.seal(key, contextOf(accountId));
    return { sealedKey, sealed: encrypt(key, accountId, profile) };
  } finally {
    key.fill(0);
  }
}

/** Seals changed data under the key that the person has. */
export async function resealProfile(
  vault: KeyVault,
  accountId: bigint,
  change: { readonly sealedKey: Uint8Array; readonly profile: Profile },
): Promise<Uint8Array> {
  const key = await vault.open(change.sealedKey, contextOf(accountId));
  try {
    return encrypt(key, accountId, change.profile);
  } finally {
    key.fill(0);
  }
}

/** Throws the vault's errors, and an error where the row was changed or belongs to another. */
export async function openProfile(
  vault: KeyVault,
  accountId: bigint,
  { sealed, sealedKey }: SealedProfile,
): Promise<Profile> {
  const key = await vault.open(sealedKey, contextOf(accountId));
  try {
    return decrypt(key, accountId, sealed);
  } finally {
    key.fill(0);
  }
}

/**
 * What stands for a text of the person's in rows that outlive his data: the same each time, another
 * for each person, and nobody can make it again once the key is erased. Hexadecimal, 128 bits.
 */
export async function digestUnder(
  vault: KeyVault,
  accountId: bigint,
  of: { readonly sealedKey: Uint8Array; readonly text: string },
): Promise<string> {
  const key = await vault.open(of.sealedKey, contextOf(accountId));
  try {
    const mac = createHmac('sha256', key).update(`${digestDomain}\0${of.text}`, 'utf8').digest();
    return mac.toString('hex', 0, digestBytes);
  } finally {
    key.fill(0);
  }
}

function encrypt(key: Uint8Array, accountId: bigint, profile: Profile): Uint8Array {
  // Random: a person's data changes a few times in a life, far below 2^32 times.
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(contextOf(accountId)));
  const text = Buffer.from(JSON.stringify(profile), 'utf8');
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, accountId: bigint, sealed: Uint8Array): Profile {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('A person’s data is cut short.');
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(contextOf(accountId)));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const head = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  const text = Buffer.concat([head, decipher.final()]).toString('utf8');
  // Authenticated: written by `encrypt` above, for this account.
  return JSON.parse(text) as Profile;
}

/** A row copied to another account opens neither there nor here. */
export function contextOf(accountId: bigint): string {
  return `${domain}/${accountId}`;
}
