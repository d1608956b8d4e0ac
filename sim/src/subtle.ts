import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  hkdfSync,
  webcrypto,
} from 'node:crypto';

/**
 * WebCrypto's calls for sealing (P-256 agreement, HKDF, HMAC, AES-256-GCM) answered by the same
 * OpenSSL on the calling thread: WebCrypto hands each to a pool of threads, which costs five times
 * the arithmetic, and lets the machine order what settles. Anything else goes to WebCrypto.
 * Affects the whole process, and only what runs after it.
 */
export function sealOnThisThread(): void {
  const { subtle } = webcrypto;
  const other = Object.fromEntries(
    CALLS.map((name) => [name, (subtle[name] as Call).bind(subtle)]),
  ) as Record<CallName, Call>;
  for (const name of CALLS) {
    const here = HERE[name];
    Object.defineProperty(subtle, name, {
      configurable: true,
      // Asynchronous, so that what is refused is a rejection.
      value: async (...given: unknown[]) => here(...given) ?? other[name](...given),
    });
  }
}

const CALLS = [
  ...['decrypt', 'deriveBits', 'encrypt', 'exportKey', 'generateKey', 'importKey', 'sign'],
] as readonly CallName[];

type CallName =
  'decrypt' | 'deriveBits' | 'encrypt' | 'exportKey' | 'generateKey' | 'importKey' | 'sign';
type Call = (...given: unknown[]) => unknown;

/** A key that these calls made; WebCrypto's own are never one. */
class Key {
  readonly type: 'private' | 'public' | 'secret';
  readonly bytes: Uint8Array;

  constructor(type: Key['type'], bytes: Uint8Array) {
    this.type = type;
    this.bytes = bytes;
  }
}

const CURVE = 'prime256v1';
const POINT_BYTES = 65;
/** Where the scalar of a PKCS #8 key without its public half begins (RFC 5915). */
const SCALAR_AT = 35;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const SECRETS: readonly unknown[] = ['AES-GCM', 'HKDF', 'HMAC'];

interface Algorithm {
  readonly name?: string;
  readonly namedCurve?: string;
  readonly hash?: unknown;
  readonly public?: unknown;
  readonly salt?: Uint8Array | ArrayBuffer;
  readonly info?: Uint8Array | ArrayBuffer;
  readonly iv?: Uint8Array | ArrayBuffer;
  readonly additionalData?: Uint8Array | ArrayBuffer;
  readonly tagLength?: number;
}

/** Undefined for what is WebCrypto's to answer. */
const HERE: Readonly<Record<CallName, Call>> = {
  generateKey(algorithm) {
    if (!isAgreement(algorithm)) return undefined;
    const pair = createECDH(CURVE);
    const publicKey = new Key('public', new Uint8Array(pair.generateKeys()));
    return { privateKey: new Key('private', new Uint8Array(pair.getPrivateKey())), publicKey };
  },
  importKey(format, given, algorithm) {
    const name = nameOf(algorithm);
    if (format === 'raw' && SECRETS.includes(name)) {
      const bytes = copyOf(given);
      const isOurs = name === 'HKDF' || bytes.length === KEY_BYTES;
      return isOurs && hashOf(algorithm) === 'SHA-256' ? new Key('secret', bytes) : undefined;
    }
    if (!isAgreement(algorithm)) return undefined;
    const bytes = copyOf(given);
    if (format === 'raw' && bytes.length === POINT_BYTES) return new Key('public', bytes);
    const isScalar = format === 'pkcs8' && bytes.length === SCALAR_AT + 32;
    return isScalar ? new Key('private', bytes.subarray(SCALAR_AT)) : undefined;
  },
  exportKey(format, key) {
    if (format !== 'raw' || !(key instanceof Key) || key.type !== 'public') return undefined;
    return bufferOf(key.bytes);
  },
  deriveBits(algorithm, key, length) {
    if (!(key instanceof Key)) return undefined;
    const { public: peer, salt, info } = algorithm as Algorithm;
    if (peer instanceof Key) {
      const pair = createECDH(CURVE);
      pair.setPrivateKey(key.bytes);
      // Refuses what is no point on the curve.
      return bufferOf(pair.computeSecret(peer.bytes));
    }
    const bytes = Number(length) / 8;
    return hkdfSync('sha256', key.bytes, viewOf(salt), viewOf(info), bytes);
  },
  sign(_, key, data) {
    if (!(key instanceof Key)) return undefined;
    return bufferOf(createHmac('sha256', key.bytes).update(viewOf(data)).digest());
  },
  encrypt(algorithm, key, data) {
    if (!(key instanceof Key)) return undefined;
    const { iv, additionalData } = algorithm as Algorithm;
    const cipher = createCipheriv('aes-256-gcm', key.bytes, viewOf(iv));
    cipher.setAAD(viewOf(additionalData));
    const sealed = cipher.update(viewOf(data));
    return bufferOf(Buffer.concat([sealed, cipher.final(), cipher.getAuthTag()]));
  },
  decrypt(algorithm, key, data) {
    if (!(key instanceof Key)) return undefined;
    const { iv, additionalData } = algorithm as Algorithm;
    const sealed = viewOf(data);
    const tagLength = TAG_BYTES;
    const options = { authTagLength: tagLength };
    const opening = createDecipheriv('aes-256-gcm', key.bytes, viewOf(iv), options);
    opening.setAAD(viewOf(additionalData)).setAuthTag(sealed.subarray(-tagLength));
    const opened = opening.update(sealed.subarray(0, -tagLength));
    return bufferOf(Buffer.concat([opened, opening.final()]));
  },
};

function nameOf(algorithm: unknown): unknown {
  return typeof algorithm === 'string' ? algorithm : (algorithm as Algorithm).name;
}

function hashOf(algorithm: unknown): unknown {
  return typeof algorithm === 'string' ? 'SHA-256' : ((algorithm as Algorithm).hash ?? 'SHA-256');
}

function isAgreement(algorithm: unknown): boolean {
  return nameOf(algorithm) === 'ECDH' && (algorithm as Algorithm).namedCurve === 'P-256';
}

function viewOf(bytes: unknown): Uint8Array {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  return bytes instanceof Uint8Array ? bytes : new Uint8Array();
}

function copyOf(bytes: unknown): Uint8Array {
  return Uint8Array.from(viewOf(bytes));
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
