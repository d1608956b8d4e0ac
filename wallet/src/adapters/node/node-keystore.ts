import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeCbor,
  encodeCbor,
  exportSigningKey,
  failure,
  fromHex,
  generateEcdhKeyPair,
  generateSigningKeyPair,
  hex,
  importSigningKey,
  open as openSealed,
  suiteNumber,
  suiteOf,
  utf8,
  webCryptoSigner,
} from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import type { Clock } from '../../clock.ts';
import { WalletError } from '../../errors.ts';
import type { Outcome, Refusal } from '../../errors.ts';
import { importAesKey, sealWith, unsealWith } from '../../keystore/aes-gcm.ts';
import type { Keystore } from '../../keystore/keystore.ts';
import { checkPin } from '../../keystore/pin.ts';
import { SCRYPT_LOG_N } from '../../limits.ts';
import { createFile, makeFolder, onDisk, readIfThere, removeFile } from './durable-files.ts';
import { countTry } from './pin-tries.ts';
import { createDataKey, openDataKey, readSealedDataKey } from './sealed-keys.ts';

export interface NodeKeystoreOptions {
  /** Holds the files `keys`, `signer`, `tries` and the folder `agreement`. */
  readonly folder: string;
  /** Opens the keystore, or sets the PIN of a new one. 4 to 128 bytes. */
  readonly pin: string;
  /** Counts the wait after wrong PINs. */
  readonly clock: Clock;
  /** `each-payment` (the default) asks again before every payment, `session` only at opening. */
  readonly gate?: 'each-payment' | 'session';
  /** scrypt's N is two to this power: 17, which is 128 MiB and about 0.4 s. At least 10. */
  readonly scryptLogN?: number;
}

const SIGNER_DOMAIN = utf8('sikka/wallet/signer/v1');
const AGREEMENT_DOMAIN = utf8('sikka/wallet/agreement/v1');
const MAX_SIGNER_BYTES = 4_096;
const AGREEMENT_NAME = /^0[23][0-9a-f]{64}$/;

/**
 * Keys in files: a data key sealed by the PIN (scrypt, AES-256-GCM), and under it the signing key
 * and one file for each agreement key, so that deleting one really removes it. Wrong PINs are
 * counted on disk before each guess, and slowed. A copy of the folder can be guessed at elsewhere
 * at scrypt's cost only: the phone's hardware, where there is any, does this better.
 *
 * Refuses `wallet/pin_wrong` and `wallet/pin_wait`.
 */
export async function openNodeKeystore(
  options: NodeKeystoreOptions,
): Promise<Outcome<{ readonly keystore: Keystore }>> {
  const { folder, pin, clock, gate = 'each-payment', scryptLogN = SCRYPT_LOG_N } = options;
  const unusable = checkPin(pin);
  if (unusable !== undefined) return unusable;
  await makeFolder(join(folder, 'agreement'));
  const path = join(folder, 'keys');
  if ((await readIfThere(path)) === undefined) {
    const { file } = await createDataKey(pin, scryptLogN);
    // Of two processes that set up one folder, the slower opens what the faster made.
    await createFile(path, file);
  }
  const opened = await tryPin({ folder, pin, clock });
  if (!opened.ok) return opened;
  const dataKey = await importAesKey(opened.raw);
  const authorise = async (given: string | undefined): Promise<Refusal | undefined> => {
    if (gate === 'session') return undefined;
    const refusal = checkPin(given);
    if (refusal !== undefined || given === undefined) return refusal;
    const tried = await tryPin({ folder, pin: given, clock });
    return tried.ok ? undefined : tried;
  };
  return { ok: true, keystore: { ...makeKeystore(folder, dataKey), authorise } };
}

type TriedPin = Outcome<{ readonly raw: Uint8Array }>;

async function tryPin(given: Pick<NodeKeystoreOptions, 'folder' | 'pin' | 'clock'>) {
  const { folder, pin, clock } = given;
  const file = await readIfThere(join(folder, 'keys'));
  if (file === undefined) throw new WalletError('wallet/store_damaged', 'the keys file is gone');
  const sealed = readSealedDataKey(file);
  return countTry<TriedPin>({ folder, now: clock.now() }, async (wrong) => {
    const raw = await openDataKey(pin, sealed);
    return raw === undefined ? wrong : { ok: true, raw };
  });
}

function makeKeystore(folder: string, dataKey: CryptoKey): Omit<Keystore, 'authorise'> {
  const signerPath = join(folder, 'signer');
  const agreementPath = (publicKey: Uint8Array): string =>
    join(folder, 'agreement', hex(publicKey));
  let signer: Signer | undefined;

  const readSigner = async (): Promise<Signer | undefined> => {
    if (signer !== undefined) return signer;
    const file = await readIfThere(signerPath);
    if (file === undefined) return undefined;
    const bytes = await unsealWith(dataKey, file, SIGNER_DOMAIN);
    signer = await decodeSigner(bytes);
    return signer;
  };
  return {
    signer: readSigner,
    async createSigner(suite) {
      const known = await readSigner();
      if (known !== undefined) return known;
      const { keyPair } = await generateSigningKeyPair(suite, { extractable: true });
      const bytes = encodeCbor([suiteNumber(suite), await exportSigningKey(keyPair)]);
      await createFile(signerPath, await sealWith(dataKey, bytes, SIGNER_DOMAIN));
      const made = await readSigner();
      if (made === undefined) throw new WalletError('wallet/store_failed', 'no signer file');
      return made;
    },
    async createAgreementKey() {
      const { privateKey, publicKey } = await generateEcdhKeyPair({ extractable: true });
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey));
      const sealed = await sealWith(dataKey, pkcs8, AGREEMENT_DOMAIN);
      await createFile(agreementPath(publicKey), sealed);
      return publicKey;
    },
    agreementKeys: async () => {
      const names = await onDisk(() => readdir(join(folder, 'agreement')));
      return names.filter((name) => AGREEMENT_NAME.test(name)).map(fromHex);
    },
    async open(publicKey, sealed, bind) {
      const file = await readIfThere(agreementPath(publicKey));
      if (file === undefined) return failure('sealed/open_failed', 'the key is gone');
      const pkcs8 = await unsealWith(dataKey, file, AGREEMENT_DOMAIN);
      if (pkcs8 === undefined) throw damaged('an agreement key');
      return openSealed(sealed, { privateKey: await importEcdh(pkcs8), publicKey, bind });
    },
    deleteAgreementKey: (publicKey) => removeFile(agreementPath(publicKey)),
    seal: (plaintext, associated) => sealWith(dataKey, plaintext, associated),
    unseal: (sealed, associated) => unsealWith(dataKey, sealed, associated),
  };
}

async function decodeSigner(bytes: Uint8Array | undefined): Promise<Signer> {
  if (bytes === undefined) throw damaged('the signing key');
  const decoded = decodeCbor(bytes, { maxBytes: MAX_SIGNER_BYTES });
  const items: readonly unknown[] = decoded.ok && Array.isArray(decoded.value) ? decoded.value : [];
  const [number, pkcs8] = items;
  const suite = typeof number === 'number' ? suiteOf(number) : undefined;
  if (suite === undefined || !(pkcs8 instanceof Uint8Array)) throw damaged('the signing key');
  const { keyPair, publicKey } = await importSigningKey(suite, pkcs8, { extractable: false });
  return webCryptoSigner(suite, keyPair, publicKey);
}

function importEcdh(pkcs8: Uint8Array): Promise<CryptoKey> {
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  return crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, false, ['deriveBits']);
}

function damaged(what: string): WalletError {
  return new WalletError('wallet/store_damaged', `${what} does not decrypt`);
}
