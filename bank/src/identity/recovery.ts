import { record } from '../audit/index.ts';
import type { Handlers, Reply } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import { disableWebhooksOf } from '../notify/index.ts';
import { accountById } from './accounts.ts';
import { otpInvalid } from './codes.ts';
import { weakness } from './password-rule.ts';
import { demoCode, mailCode, useCode } from './sign-in.ts';
import type { SignInDeps } from './sign-in.ts';

export type RecoveryRoutes = 'verifyEmail' | 'forgotPassword' | 'resetPassword';

/** What a challenge says that is for taking a new address, and not for proving the first one. */
export const NEW_ADDRESS = 'new_address';

/** Proving an address, and getting in again after a password was forgotten. */
export function recoveryRoutes(deps: SignInDeps): Handlers<RecoveryRoutes> {
  return {
    verifyEmail: async ({ body, address, now }) => verifyEmail(deps, { ...body, address, now }),
    forgotPassword: async ({ body, address, now }) => {
      const { pool, people, codes, notices } = deps;
      const { email } = body;
      const account = await people.byEmail(pool, email);
      const issued = await inTransaction(pool, (tx) =>
        codes.issue(tx, {
          ...{ subject: { email }, accountId: account?.id, purpose: 'forgot_password' },
          ...{ address, now },
          send: async (inner, code) => {
            if (account === undefined) return;
            const notice = { accountId: account.id, template: 'reset_code', at: now } as const;
            await mailCode(notices, notice)(inner, code);
          },
        }),
      );
      if (!issued.ok) return issued;
      deps.wakeMailer();
      const msg = 'If there is such an account, a code is on its way.';
      return { ok: true, status: 200, value: { msg, nonce_demo: issued.id, ...demoCode(issued) } };
    },
    resetPassword: async ({ body, address, now }) =>
      resetPassword(deps, { ...body, id: body.nonce, address, now }),
  };
}

interface ByCode {
  readonly email: string;
  readonly otp: string;
  readonly address: string;
  readonly now: Date;
}

/** The first address of an account, or a new one that its owner asked for. */
async function verifyEmail(deps: SignInDeps, ask: ByCode): Promise<Reply<'verifyEmail'>> {
  const about = [undefined, NEW_ADDRESS];
  const used = await useCode(deps, { ...ask, purpose: 'verify_email', about });
  if (!used.ok) return used;
  const { pool, people } = deps;
  const { accountId } = used;
  const account = await accountById(pool, accountId);
  if (account === undefined) return otpInvalid;
  if (used.about === NEW_ADDRESS) {
    if (!(await takeAddress(deps, accountId, ask))) return otpInvalid;
  } else {
    const first = await inTransaction(pool, (tx) =>
      people.markEmailVerified(tx, accountId, ask.now),
    );
    if (first) await deps.afterVerified(account, ask.now);
  }
  return { ok: true, status: 200, value: { msg: 'The e-mail address is verified.' } };
}

/** False where somebody else has it by now. The old address is told. */
async function takeAddress(
  { pool, people, codes, notices, wakeMailer }: SignInDeps,
  accountId: bigint,
  { email, now }: ByCode,
): Promise<boolean> {
  const taken = await inTransaction(pool, async (tx) => {
    const owner = await people.byEmail(tx, email);
    if (owner !== undefined && owner.id !== accountId) return false;
    await notices.tell(tx, { accountId, template: 'email_changed', at: now });
    if (!(await people.update(tx, accountId, { email }))) {
      throw new Error('An address was taken while its taking was being written.');
    }
    // Also those that were sent to the address of before: somebody else may read it.
    await codes.withdraw(tx, accountId, now);
    const account = await accountById(tx, accountId);
    const subject = `account:${account?.publicId ?? accountId}`;
    await record(tx, [{ actor: subject, action: 'email.change', subject, outcome: 'ok' }], now);
    return true;
  });
  wakeMailer();
  return taken;
}

interface Reset extends ByCode {
  readonly id: string;
  readonly new_password: string;
  readonly confirm_password: string;
}

async function resetPassword(deps: SignInDeps, ask: Reset): Promise<Reply<'resetPassword'>> {
  const { email, new_password: password, now } = ask;
  if (password !== ask.confirm_password) return mismatch;
  const detail = weakness(password, email);
  if (detail !== undefined) return { ok: false, code: 'auth/password_weak', detail };
  // Before the code is used up: were the lane full, it could not be used again.
  const hashed = await deps.passwords.hash(password);
  if (!hashed.ok) return hashed;
  const used = await useCode(deps, { ...ask, purpose: 'forgot_password' });
  if (!used.ok) return used;
  const { pool, people, passwords, codes, sessions, notices } = deps;
  const { accountId } = used;
  const account = await accountById(pool, accountId);
  if (account === undefined) return otpInvalid;
  const verified = await inTransaction(pool, async (tx) => {
    await deps.onReset(tx, account, now);
    await passwords.set(tx, accountId, hashed.value, now);
    await codes.withdraw(tx, accountId, now);
    await sessions.end(tx, accountId, { reason: 'password_reset', now });
    await disableWebhooksOf(tx, accountId, now);
    const subject = `account:${account.publicId}`;
    await record(tx, [{ actor: subject, action: 'password.reset', subject, outcome: 'ok' }], now);
    await notices.tell(tx, { accountId, template: 'password_changed', at: now });
    return people.markEmailVerified(tx, accountId, now);
  });
  if (verified) await deps.afterVerified(account, now);
  deps.wakeMailer();
  return { ok: true, status: 200, value: { msg: 'The password is set. Sign in with it.' } };
}

const mismatch = {
  ok: false,
  code: 'request/invalid',
  detail: 'The two passwords are not the same.',
  errors: [{ pointer: '/body/confirm_password', detail: 'differs from new_password' }],
} as const;
