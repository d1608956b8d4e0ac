import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What this authenticator does otherwise than it should. */
export interface Misbehaviour {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  /** Nobody touched it, or no finger and no PIN was asked for. */
  readonly flags?: number;
  readonly counter?: number;
  readonly key?: KeyObject;
  readonly id?: string;
}

export interface Site {
  readonly origin: string;
  readonly rpId: string;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const CREDENTIAL_INCLUDED = 0x40;

/**
 * An authenticator of WebAuthn level 3 with one ES256 credential, in software: it signs what a
 * phone's would, by its own bytes and not by the library that is tested.
 */
export function createAuthenticator({ origin, rpId }: Site) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(32);
  let counter = 0;

  const clientData = (type: string, challenge: string, otherwise: Misbehaviour) =>
    Buffer.from(
      JSON.stringify({
        type: otherwise.type ?? type,
        challenge: otherwise.challenge ?? challenge,
        origin: otherwise.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const authData = (flags: number, otherwise: Misbehaviour, rest = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(otherwise.counter ?? counter);
    const asked = otherwise.flags ?? USER_PRESENT | USER_VERIFIED;
    return Buffer.concat([
      createHash('sha256')
        .update(otherwise.rpId ?? rpId)
        .digest(),
      Buffer.of(asked | flags),
      count,
      rest,
    ]);
  };
  const id = credentialId.toString('base64url');

  return {
    id,
    key: privateKey,
    /** `navigator.credentials.create` */
    create(options: unknown, otherwise: Misbehaviour = {}) {
      const data = clientData('webauthn.create', challengeOf(options), otherwise);
      const attested = Buffer.concat([
        Buffer.alloc(16),
        Buffer.of(0, credentialId.length),
        credentialId,
        coseKey(publicKey),
      ]);
      return {
        id,
        rawId: id,
        type: 'public-key' as const,
        response: {
          clientDataJSON: data.toString('base64url'),
          attestationObject: attestationObject(
            authData(CREDENTIAL_INCLUDED, otherwise, attested),
          ).toString('base64url'),
          transports: ['internal', 'telepathy'],
        },
        clientExtensionResults: {},
      };
    },
    /** `navigator.credentials.get` */
    get(options: unknown, otherwise: Misbehaviour = {}) {
      counter += 1;
      const data = clientData('webauthn.get', challengeOf(options), otherwise);
      const authenticatorData = authData(0, otherwise);
      const signed = Buffer.concat([authenticatorData, createHash('sha256').update(data).digest()]);
      const claimed = otherwise.id ?? id;
      return {
        id: claimed,
        rawId: claimed,
        type: 'public-key' as const,
        response: {
          clientDataJSON: data.toString('base64url'),
          authenticatorData: authenticatorData.toString('base64url'),
          signature: sign('sha256', signed, otherwise.key ?? privateKey).toString('base64url'),
        },
        clientExtensionResults: {},
      };
    },
  };
}

export type Authenticator = ReturnType<typeof createAuthenticator>;

function challengeOf(options: unknown): string {
  return (options as { challenge: string }).challenge;
}

/** COSE_Key of ES256: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
}

/** {"fmt": "none", "attStmt": {}, "authData": bytes}, in CBOR. */
function attestationObject(authData: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(authData.length);
  return Buffer.concat([
    Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
    Buffer.of(0x59),
    length,
    authData,
  ]);
}
