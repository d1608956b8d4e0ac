import type * as pkcs11js from 'pkcs11js';
import type { PKCS11 } from 'pkcs11js';
import { KeysError } from './errors.ts';
import { limits } from './limits.ts';

type Module = typeof pkcs11js;
/** As the module names sessions and objects. */
type Handle = Buffer;

export interface TokenOptions {
  /** The vendor's library: a path. */
  readonly library: string;
  /** The token's label. */
  readonly token: string;
  readonly pin: string;
}

export interface TokenKey {
  /** CKA_ID: may be empty. */
  readonly id: Buffer;
  readonly handle: Handle;
}

/** What is done in a session, one after another. */
export interface Session {
  readonly pkcs11: PKCS11;
  readonly constants: Module;
  readonly handle: Handle;
  /** Throws `keys/vault_key_unfit` where there is none, or more than one. */
  findKey(label: string): TokenKey;
}

export interface Token {
  /**
   * Runs `act` in the session, after those before it. Where the session or the token was lost it
   * is opened anew and `act` runs once more. Throws `keys/vault_unavailable`, `keys/vault_refused`,
   * and what `act` throws as a `KeysError`.
   */
  run<T>(act: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Loads the library. Throws `keys/vault_unavailable` where it, or `pkcs11js`, is not there. */
export async function openToken(options: TokenOptions): Promise<Token> {
  const constants = await loadModule();
  const pkcs11 = new constants.PKCS11();
  const ours = initialize(pkcs11, constants, options.library);
  let session: Session | undefined;
  // A wrong PIN is tried once: a token locks itself after a few.
  let refused: KeysError | undefined;
  let tail: Promise<unknown> = Promise.resolve();

  const drop = () => {
    const lost = session;
    session = undefined;
    if (lost !== undefined) quietly(() => pkcs11.C_CloseSession(lost.handle));
  };
  const attempt = async <T>(act: (session: Session) => Promise<T>): Promise<T> => {
    if (refused !== undefined) throw refused;
    try {
      session ??= openSession(pkcs11, constants, options);
      return await inTime(act(session));
    } catch (error) {
      if (error instanceof KeysError && error.code !== 'keys/vault_unavailable') {
        if (error.code === 'keys/vault_refused') refused = error;
        throw error;
      }
      drop();
      throw error;
    }
  };
  const run = async <T>(act: (session: Session) => Promise<T>): Promise<T> => {
    try {
      return await attempt(act);
    } catch (error) {
      if (error instanceof KeysError) throw error;
    }
    return attempt(act).catch((error: unknown) => {
      throw error instanceof KeysError ? error : unavailable(nameOf(error));
    });
  };
  return {
    run: (act) => {
      const result = tail.then(() => run(act));
      tail = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      await tail;
      drop();
      if (ours) quietly(() => pkcs11.C_Finalize());
      pkcs11.close();
    },
  };
}

async function loadModule(): Promise<Module> {
  try {
    return (await import('pkcs11js')).default;
  } catch {
    throw new KeysError(
      'keys/vault_unavailable',
      'PKCS11_LIBRARY is set, and the optional module pkcs11js is not there, or not compiled. ' +
        'With a C++ compiler: npm rebuild pkcs11js --ignore-scripts=false',
    );
  }
}

/** True where it was not initialized by somebody else in this process. */
function initialize(pkcs11: PKCS11, constants: Module, library: string): boolean {
  try {
    pkcs11.load(library);
    pkcs11.C_Initialize({ flags: constants.CKF_OS_LOCKING_OK });
    return true;
  } catch (error) {
    if (codeOf(error) === constants.CKR_CRYPTOKI_ALREADY_INITIALIZED) return false;
    throw new KeysError(
      'keys/vault_unavailable',
      `PKCS11_LIBRARY cannot be loaded (${nameOf(error)}): ${library}`,
    );
  }
}

function openSession(pkcs11: PKCS11, constants: Module, options: TokenOptions): Session {
  const slot = pkcs11
    .C_GetSlotList(true)
    .find((each) => pkcs11.C_GetTokenInfo(each).label.trimEnd() === options.token);
  if (slot === undefined) throw unavailable(`no token is labelled "${options.token}"`);
  const handle = pkcs11.C_OpenSession(slot, constants.CKF_SERIAL_SESSION);
  try {
    logIn(pkcs11, constants, { handle, pin: options.pin });
  } catch (error) {
    quietly(() => pkcs11.C_CloseSession(handle));
    throw error;
  }
  const findKey = (label: string) => find({ pkcs11, constants, handle }, label);
  return { pkcs11, constants, handle, findKey };
}

function logIn(
  pkcs11: PKCS11,
  constants: Module,
  { handle, pin }: { readonly handle: Handle; readonly pin: string },
): void {
  try {
    pkcs11.C_Login(handle, constants.CKU_USER, pin);
  } catch (error) {
    const code = codeOf(error);
    if (code === constants.CKR_USER_ALREADY_LOGGED_IN) return;
    if (!nameOf(error).startsWith('CKR_PIN_')) throw error;
    throw new KeysError(
      'keys/vault_refused',
      `The token refuses PKCS11_PIN (${nameOf(error)}). It is not tried again: tokens lock.`,
    );
  }
}

function find({ pkcs11, constants, handle }: Omit<Session, 'findKey'>, label: string): TokenKey {
  pkcs11.C_FindObjectsInit(handle, [
    { type: constants.CKA_CLASS, value: constants.CKO_SECRET_KEY },
    { type: constants.CKA_LABEL, value: label },
  ]);
  let found: Handle[];
  try {
    found = pkcs11.C_FindObjects(handle, 2);
  } finally {
    quietly(() => pkcs11.C_FindObjectsFinal(handle));
  }
  const [key, ...others] = found;
  if (key === undefined || others.length > 0) {
    const many = key === undefined ? 'no secret key' : 'more than one secret key';
    throw unfit(`the token has ${many} labelled "${label}"`);
  }
  const read = (type: number) =>
    pkcs11.C_GetAttributeValue(handle, key, [{ type }])[0]?.value ?? Buffer.alloc(0);
  const isSet = (type: number) => read(type)[0] === 1;
  const kind = read(constants.CKA_KEY_TYPE);
  if (kind.readUInt32LE() !== constants.CKK_AES) throw unfit(`"${label}" is no AES key`);
  if (isSet(constants.CKA_EXTRACTABLE) || !isSet(constants.CKA_SENSITIVE)) {
    throw unfit(`"${label}" can be taken out: it must be sensitive and not extractable`);
  }
  if (read(constants.CKA_VALUE_LEN).readUInt32LE() !== limits.masterKeyBytes) {
    throw unfit(`"${label}" is not of 256 bits`);
  }
  return { id: read(constants.CKA_ID), handle: key };
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable('no answer')), limits.tokenAnswerMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

/** `CKR_…`; what a library says beyond that is not ours to repeat. */
function nameOf(error: unknown): string {
  const name = error instanceof Error ? /CKR_[A-Z_0-9]+/.exec(error.message)?.[0] : undefined;
  return name ?? 'not a PKCS #11 answer';
}

function unavailable(why: string): KeysError {
  return new KeysError('keys/vault_unavailable', `The hardware vault cannot be used: ${why}.`);
}

function unfit(why: string): KeysError {
  return new KeysError('keys/vault_key_unfit', `PKCS11_KEYS names no usable key: ${why}.`);
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // It is gone already.
  }
}
