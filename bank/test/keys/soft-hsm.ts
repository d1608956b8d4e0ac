import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as pkcs11js from 'pkcs11js';

/** SoftHSM, where it and the optional module that calls it are installed. */
const LIBRARIES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

const library = LIBRARIES.find((file) => existsSync(file));
const constants = loadModule();

export const softHsmReason =
  library === undefined
    ? ' (skipped: SoftHSM is not installed)'
    : constants === undefined
      ? ' (skipped: pkcs11js is not compiled)'
      : '';

export interface SoftHsm {
  readonly library: string;
  readonly token: string;
  readonly pin: string;
  /** Makes an AES key in the token. */
  makeKey(
    label: string,
    options?: { readonly loose?: 'extractable' | 'readable'; readonly bytes?: number },
  ): void;
  /** Ends every session of this process, as a token that was pulled out does. */
  loseSessions(): void;
  remove(): void;
}

/** A token in a folder of its own; the library of this process uses it from then on. */
export function startSoftHsm(): SoftHsm {
  if (library === undefined || constants === undefined) throw new Error('There is no SoftHSM.');
  const folder = mkdtempSync(path.join(tmpdir(), 'sikka-softhsm-'));
  const conf = path.join(folder, 'softhsm2.conf');
  const tokens = path.join(folder, 'tokens');
  mkdirSync(tokens);
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
  process.env['SOFTHSM2_CONF'] = conf;
  const [token, pin, soPin] = ['sikka-test', '739251', '84629173'];
  const args = ['--init-token', '--free', '--label', token, '--pin', pin, '--so-pin', soPin];
  execFileSync('softhsm2-util', args, { env: { ...process.env, SOFTHSM2_CONF: conf } });
  const act = <T>(use: (session: { pkcs11: pkcs11js.PKCS11; handle: Buffer }) => T): T =>
    inSession(library, { token, pin }, use);
  return {
    ...{ library, token, pin },
    makeKey: (label, { loose, bytes = 32 } = {}) =>
      act(({ pkcs11, handle }) => {
        const c = constants;
        pkcs11.C_GenerateKey(handle, { mechanism: c.CKM_AES_KEY_GEN }, [
          { type: c.CKA_CLASS, value: c.CKO_SECRET_KEY },
          { type: c.CKA_LABEL, value: label },
          { type: c.CKA_TOKEN, value: true },
          { type: c.CKA_PRIVATE, value: true },
          { type: c.CKA_SENSITIVE, value: loose !== 'readable' },
          { type: c.CKA_EXTRACTABLE, value: loose === 'extractable' },
          { type: c.CKA_ENCRYPT, value: true },
          { type: c.CKA_DECRYPT, value: true },
          { type: c.CKA_VALUE_LEN, value: bytes },
        ]);
      }),
    loseSessions: () =>
      act(({ pkcs11 }) => {
        for (const slot of pkcs11.C_GetSlotList(true)) pkcs11.C_CloseAllSessions(slot);
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function loadModule(): typeof pkcs11js | undefined {
  try {
    return createRequire(import.meta.url)('pkcs11js') as typeof pkcs11js;
  } catch {
    return undefined;
  }
}

function inSession<T>(
  file: string,
  { token, pin }: { readonly token: string; readonly pin: string },
  use: (session: { pkcs11: pkcs11js.PKCS11; handle: Buffer }) => T,
): T {
  const c = constants;
  if (c === undefined) throw new Error('There is no pkcs11js.');
  const pkcs11 = new c.PKCS11();
  pkcs11.load(file);
  let ours = true;
  try {
    pkcs11.C_Initialize({ flags: c.CKF_OS_LOCKING_OK });
  } catch {
    ours = false;
  }
  try {
    const slot = pkcs11
      .C_GetSlotList(true)
      .find((each) => pkcs11.C_GetTokenInfo(each).label.trimEnd() === token);
    if (slot === undefined) throw new Error('There is no such token.');
    const handle = pkcs11.C_OpenSession(slot, c.CKF_SERIAL_SESSION | c.CKF_RW_SESSION);
    try {
      pkcs11.C_Login(handle, c.CKU_USER, pin);
    } catch {
      // Somebody in this process has.
    }
    return use({ pkcs11, handle });
  } finally {
    if (ours) pkcs11.C_Finalize();
    pkcs11.close();
  }
}
