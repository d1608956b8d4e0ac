import { randomBytes } from 'node:crypto';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { fromBase64url } from '@sikka/api';
import { isUnavailable } from '../../db/index.ts';
import type { Db, Pool, Tx } from '../../db/index.ts';
import { limits } from '../limits.ts';
import * as store from './store.ts';
import type { PasskeyPurpose, PasskeyRecord } from './store.ts';

export type PasskeyRefusal =
  | 'passkey/none'
  | 'passkey/invalid'
  | 'passkey/exists'
  | 'passkey/limit_reached'
  | 'passkey/not_found';

type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: PasskeyRefusal };

/** What a browser's `navigator.credentials` takes, as JSON. */
export type CredentialOptions = Readonly<Record<string, unknown>>;

/**
 * Passkeys of people (WebAuthn level 3). The private half is in an authenticator that has asked
 * for a finger or a PIN (user verification is required) and signs for our pages alone.
 */
export interface Passkeys {
  list(db: Db, accountId: bigint): Promise<readonly PasskeyRecord[]>;
  /** For `navigator.credentials.create`; `userName` is shown by the authenticator only. */
  registrationOptions(asked: {
    readonly accountId: bigint;
    readonly account: string;
    readonly userName: string;
    readonly now: Date;
  }): Promise<CredentialOptions>;
  /** What the authenticator answered; the challenge is used up whatever comes of it. */
  checkRegistration(given: GivenResponse): Promise<Answer<NewPasskey>>;
  add(tx: Tx, accountId: bigint, passkey: NewPasskey, named: Named): Promise<Answer<PasskeyRecord>>;
  remove(tx: Tx, accountId: bigint, credentialId: Uint8Array): Promise<boolean>;
  /** For `navigator.credentials.get`; `passkey/none` where the account has none. */
  assertionOptions(asked: {
    readonly accountId: bigint;
    readonly purpose: 'step_up' | 'login';
    readonly now: Date;
  }): Promise<Answer<CredentialOptions>>;
  /**
   * Whether one of the account's passkeys has signed a challenge made for this purpose. On the
   * pool: a try uses the challenge up, and counts, even where what it was for does not happen.
   */
  prove(given: GivenResponse & { readonly purpose: 'step_up' | 'login' }): Promise<boolean>;
}

export interface GivenResponse {
  readonly accountId: bigint;
  /** As it came; read by the library, never trusted. */
  readonly response: object;
  readonly now: Date;
}

export type NewPasskey = Pick<
  PasskeyRecord,
  'credentialId' | 'publicKey' | 'counter' | 'transports'
>;

export interface Named {
  readonly name: string;
  readonly at: Date;
}

export interface PasskeysOptions {
  readonly pool: Pool;
  /** Where people reach the bank; its host name is what passkeys are bound to. */
  readonly publicUrl: string;
  /** Pages that may ask for them besides; only under the same host name does a browser agree. */
  readonly origins: readonly string[];
}

/** ECDSA on P-256, and RSA for older Windows (COSE). */
const ALGORITHMS = [-7, -257];
const TRANSPORTS = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

export function createPasskeys(options: PasskeysOptions): Passkeys {
  const { pool } = options;
  const { hostname: rpId, origin } = new URL(options.publicUrl);
  const on = { pool, rpId, origins: [origin, ...options.origins] };
  return {
    list: store.readPasskeys,
    registrationOptions: (asked) => registrationOptions(asked, on),
    checkRegistration: (given) => checkRegistration(given, on),
    add,
    remove: store.deletePasskey,
    assertionOptions: (asked) => assertionOptions(asked, on),
    prove: (given) => prove(given, on),
  };
}

interface On {
  readonly pool: Pool;
  readonly rpId: string;
  readonly origins: string[];
}

async function registrationOptions(
  asked: Parameters<Passkeys['registrationOptions']>[0],
  on: On,
): Promise<CredentialOptions> {
  const { accountId, now } = asked;
  const challenge = await makeChallenge(on.pool, { accountId, purpose: 'register', now });
  const known = await store.readPasskeys(on.pool, accountId);
  const made = await generateRegistrationOptions({
    rpName: 'Sikka',
    rpID: on.rpId,
    // Neither the number inside nor anything personal: authenticators keep and show it.
    userID: new Uint8Array(Buffer.from(asked.account, 'utf8')),
    userName: asked.userName,
    challenge,
    timeout: limits.passkeyChallengeMs,
    attestationType: 'none',
    excludeCredentials: known.map(descriptor),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return { ...made };
}

async function checkRegistration(
  { accountId, response, now }: GivenResponse,
  on: On,
): Promise<Answer<NewPasskey>> {
  const verified = await orUndefined(() =>
    verifyRegistrationResponse({
      // Its members are checked one by one inside.
      response: response as RegistrationResponseJSON,
      expectedChallenge: (text) => isOurs(on.pool, text, { accountId, purpose: 'register', now }),
      expectedOrigin: on.origins,
      expectedRPID: on.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  const credential = verified?.registrationInfo?.credential;
  const credentialId = fromBase64url(credential?.id ?? '');
  if (verified?.verified !== true || credential === undefined || credentialId === undefined) {
    return { ok: false, code: 'passkey/invalid' };
  }
  const { publicKey, counter, transports = [] } = credential;
  const known = transports.filter((transport) => TRANSPORTS.has(transport)).slice(0, 8);
  return {
    ok: true,
    value: { credentialId, publicKey, counter: BigInt(counter), transports: known },
  };
}

async function add(
  tx: Tx,
  accountId: bigint,
  passkey: NewPasskey,
  { name, at }: Named,
): Promise<Answer<PasskeyRecord>> {
  await store.lockPasskeysOf(tx, accountId);
  const known = await store.readPasskeys(tx, accountId);
  if (known.length >= limits.passkeysPerAccount)
    return { ok: false, code: 'passkey/limit_reached' };
  const row = { ...passkey, accountId, name, createdAt: at };
  if (!(await store.insertPasskey(tx, row))) return { ok: false, code: 'passkey/exists' };
  return { ok: true, value: { ...row, lastUsedAt: null } };
}

async function assertionOptions(
  asked: Parameters<Passkeys['assertionOptions']>[0],
  on: On,
): Promise<Answer<CredentialOptions>> {
  const known = await store.readPasskeys(on.pool, asked.accountId);
  if (known.length === 0) return { ok: false, code: 'passkey/none' };
  const made = await generateAuthenticationOptions({
    rpID: on.rpId,
    challenge: await makeChallenge(on.pool, asked),
    timeout: limits.passkeyChallengeMs,
    allowCredentials: known.map(descriptor),
    userVerification: 'required',
  });
  return { ok: true, value: { ...made } };
}

async function prove(given: Parameters<Passkeys['prove']>[0], on: On): Promise<boolean> {
  const { accountId, purpose, now } = given;
  // Its members are checked one by one inside.
  const response = given.response as AuthenticationResponseJSON;
  const known = await store.readPasskeys(on.pool, accountId);
  const passkey = known.find(({ credentialId }) => idText(credentialId) === response.id);
  if (passkey === undefined) return false;
  const { credentialId, publicKey, counter } = passkey;
  const verified = await orUndefined(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: (text) => isOurs(on.pool, text, { accountId, purpose, now }),
      expectedOrigin: on.origins,
      expectedRPID: on.rpId,
      // A counter that did not grow is a copy of the key: refused inside.
      credential: {
        id: response.id,
        publicKey: new Uint8Array(publicKey),
        counter: Number(counter),
      },
      requireUserVerification: true,
    }),
  );
  if (verified?.verified !== true) return false;
  const to = BigInt(verified.authenticationInfo.newCounter);
  return store.updateCounter(on.pool, { credentialId, from: counter, to, at: now });
}

interface Challenged {
  readonly accountId: bigint;
  readonly purpose: PasskeyPurpose;
  readonly now: Date;
}

async function makeChallenge(pool: Pool, made: Challenged): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = new Uint8Array(randomBytes(32));
  const expiresAt = new Date(made.now.getTime() + limits.passkeyChallengeMs);
  await store.insertChallenge(pool, { ...made, challenge, expiresAt });
  return challenge;
}

async function isOurs(pool: Pool, text: string, used: Challenged): Promise<boolean> {
  const challenge = fromBase64url(text);
  return challenge?.length === 32 && store.useChallenge(pool, { ...used, challenge });
}

/** The library throws for whatever an answer lacks; which it was helps nobody but a forger. */
async function orUndefined<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (isUnavailable(error)) throw error;
    return undefined;
  }
}

function descriptor({ credentialId, transports }: PasskeyRecord) {
  return { id: idText(credentialId), transports: [...transports] };
}

function idText(credentialId: Uint8Array): string {
  return Buffer.from(credentialId).toString('base64url');
}
