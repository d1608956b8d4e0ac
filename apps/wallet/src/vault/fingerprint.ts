import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { utf8 } from '@sikka/protocol';
import { openDB } from 'idb';
import type { DBSchema } from 'idb';

/** `none`: this phone or browser has no sensor that can be used so. */
export type FingerprintState = 'reading' | 'none' | 'off' | 'on';

/**
 * The phone's own sensor (finger, face, pattern) in place of typing the PIN. The PIN is sealed
 * under a secret that only the phone's authenticator gives out, and only after the person showed
 * it (WebAuthn level 3, extension `prf`); the gate behind it is the PIN's own (decisions/0036).
 */
export interface Fingerprint {
  readonly state: ReadonlySignal<FingerprintState>;
  /** Asks the person twice at most; false where they or the phone refused. */
  setUp(pin: string): Promise<boolean>;
  /** The PIN, after the person showed themselves; undefined where they did not. */
  read(): Promise<string | undefined>;
  remove(): Promise<void>;
}

/** One row: nothing in it opens anything without the authenticator. */
interface Kept {
  readonly credential: Uint8Array<ArrayBuffer>;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

interface Schema extends DBSchema {
  sealed: { key: string; value: Kept };
}

const DATABASE = 'sikka-fingerprint';
const ROW = 'pin';
const PURPOSE = utf8('sikka/app/fingerprint/v1');
const ES256 = -7;
const RS256 = -257;

export interface FingerprintParts {
  /** What the phone says it is for. */
  readonly appName: string;
  /** Nothing is opened before: what is to be wiped goes first. */
  readonly ready: Promise<void>;
}

export function openFingerprint({ appName, ready }: FingerprintParts): Fingerprint {
  const state = signal<FingerprintState>('reading');
  const database = ready.then(() =>
    openDB<Schema>(DATABASE, 1, { upgrade: (fresh) => void fresh.createObjectStore('sealed') }),
  );
  const look = async () => {
    const kept = await (await database).getKey('sealed', ROW);
    if (kept !== undefined) state.value = 'on';
    else state.value = (await hasSensor()) ? 'off' : 'none';
  };
  look().catch(() => (state.value = 'none'));
  return {
    state,
    async setUp(pin) {
      const salt = randomBytes(32);
      const made = await created(appName, salt);
      if (made === undefined) return false;
      const secret = made.secret ?? (await shown({ credential: made.credential, salt }));
      if (secret === undefined) return false;
      const nonce = randomBytes(12);
      const key = await keyFrom(secret);
      const plain = new Uint8Array(utf8(pin));
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, plain);
      const kept = { credential: made.credential, salt, nonce, sealed: new Uint8Array(sealed) };
      await (await database).put('sealed', kept, ROW);
      state.value = 'on';
      return true;
    },
    async read() {
      const kept = await (await database).get('sealed', ROW);
      const secret = kept && (await shown(kept));
      if (kept === undefined || secret === undefined) return undefined;
      const iv = kept.nonce;
      const plain = await crypto.subtle
        .decrypt({ name: 'AES-GCM', iv }, await keyFrom(secret), kept.sealed)
        .catch(() => undefined);
      return plain && new TextDecoder().decode(plain);
    },
    async remove() {
      await (await database).delete('sealed', ROW);
      await look();
    },
  };
}

async function hasSensor(): Promise<boolean> {
  if (!('PublicKeyCredential' in globalThis)) return false;
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
}

/** A credential of this phone that gives a secret; undefined where it gives none. */
async function created(
  appName: string,
  salt: Uint8Array<ArrayBuffer>,
): Promise<{ credential: Uint8Array<ArrayBuffer>; secret: BufferSource | undefined } | undefined> {
  const answer = await navigator.credentials
    .create({
      publicKey: {
        // The bank is not asked: nothing is proved to anybody but this phone.
        challenge: randomBytes(32),
        rp: { name: appName },
        user: { id: randomBytes(16), name: appName, displayName: appName },
        pubKeyCredParams: [ES256, RS256].map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: {
          ...{ authenticatorAttachment: 'platform', userVerification: 'required' },
          residentKey: 'discouraged',
        },
        extensions: { prf: { eval: { first: salt } } },
      },
    })
    .catch(() => null);
  if (!(answer instanceof PublicKeyCredential)) return undefined;
  const { prf } = answer.getClientExtensionResults();
  if (prf?.enabled !== true) return undefined;
  return { credential: new Uint8Array(answer.rawId), secret: prf.results?.first };
}

/** The secret of the phone's authenticator, once the person showed themselves. */
async function shown({
  credential,
  salt,
}: Pick<Kept, 'credential' | 'salt'>): Promise<BufferSource | undefined> {
  const answer = await navigator.credentials
    .get({
      publicKey: {
        challenge: randomBytes(32),
        allowCredentials: [{ type: 'public-key', id: credential }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: salt } } },
      },
    })
    .catch(() => null);
  if (!(answer instanceof PublicKeyCredential)) return undefined;
  return answer.getClientExtensionResults().prf?.results?.first;
}

async function keyFrom(secret: BufferSource): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const by = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: new Uint8Array(PURPOSE),
  };
  const use = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(by, base, use, false, ['encrypt', 'decrypt']);
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
