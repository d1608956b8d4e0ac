import type { Role } from '@sikka/api';
import { record } from '../audit/index.ts';
import type { Handler, Refused } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool, Tx } from '../db/index.ts';
import { weakness } from '../identity/index.ts';
import type { AccountRecord, HashedPassword, Identity, Profile } from '../identity/index.ts';
import { ensureWalletKey, openWallet, walletOf } from '../wallets/index.ts';
import type { EscrowDeps } from '../wallets/index.ts';

export interface SignUpDeps extends Pick<Identity, 'people' | 'passwords' | 'codes' | 'notices'> {
  readonly pool: Pool;
  readonly wakeMailer: () => void;
  /** SIGNUP_REVEALS_EXISTING: older clients want to be told that an address is taken. */
  readonly revealsExisting: boolean;
}

/** Pakistani rupees, until a client asks for more. */
const DEFAULT_CURRENCY = 586;

/** An account with both wallets; the address is still to be proved. */
export function signUpRoute(deps: SignUpDeps): Handler<'signUp'> {
  return async ({ body, address, now }) => {
    const detail = weakness(body.password, body.email);
    if (detail !== undefined) return { ok: false, code: 'auth/password_weak', detail };
    // For a known address as well: whoever measures learns nothing.
    const hashed = await deps.passwords.hash(body.password);
    if (!hashed.ok) return hashed;
    const { name, email, phone } = body;
    const profile = { name, email, ...(phone === undefined ? {} : { phone }) };
    const roles: readonly Role[] = body.role === 'merchant' ? ['user', 'merchant'] : ['user'];
    const ask = { profile, roles, hashed: hashed.value, address, now };
    const answer = await inTransaction(deps.pool, (tx) => signUp(tx, ask, deps));
    if (!answer.ok) return answer;
    deps.wakeMailer();
    const msg = 'A code is on its way to the e-mail address.';
    const { demoCode } = answer;
    const value = { msg, ...(demoCode === undefined ? {} : { otp_demo: demoCode }) };
    return { ok: true, status: 201, value };
  };
}

interface SignUp {
  readonly profile: Profile;
  readonly roles: readonly Role[];
  readonly hashed: HashedPassword;
  readonly address: string;
  readonly now: Date;
}

type SignedUp = { readonly ok: true; readonly demoCode: string | undefined } | Refused;

async function signUp(tx: Tx, ask: SignUp, deps: SignUpDeps): Promise<SignedUp> {
  const { people, passwords } = deps;
  const { profile, now } = ask;
  await people.lockEmail(tx, profile.email);
  const known = await people.byEmail(tx, profile.email);
  if (known === undefined) {
    const account = await openWithWallets(tx, people, ask);
    await passwords.set(tx, account.id, ask.hashed, now);
    return sendCode(tx, account, ask, deps);
  }
  if (await mayReplace(tx, known, deps)) {
    // Whoever began before has not shown that the address is theirs: the last one to begin does.
    const { name, phone } = profile;
    await people.update(tx, known.id, { name, phone: phone ?? null });
    await passwords.set(tx, known.id, ask.hashed, now);
    return sendCode(tx, known, ask, deps);
  }
  if (deps.revealsExisting) return exists;
  return warnOwner(tx, known, ask, deps);
}

/** Not what staff have opened for somebody, or given roles to: its owner begins by a reset code. */
async function mayReplace(
  tx: Tx,
  { id, roles }: AccountRecord,
  { people, passwords }: SignUpDeps,
): Promise<boolean> {
  if (!roles.every((role) => role === 'user' || role === 'merchant')) return false;
  if (!(await passwords.isSet(tx, id))) return false;
  return (await people.find(tx, id))?.emailVerified !== true;
}

async function sendCode(
  tx: Tx,
  account: AccountRecord,
  { profile: { email }, address, now }: SignUp,
  { codes, notices }: SignUpDeps,
): Promise<SignedUp> {
  const accountId = account.id;
  return codes.issue(tx, {
    ...{ subject: { email }, accountId, purpose: 'verify_email', address, now },
    send: (inner, code) =>
      notices.tell(inner, { accountId, template: 'verify_email', values: { code }, at: now }),
  });
}

/** As for a new address, within the same limits: but the mail says that somebody tried. */
async function warnOwner(
  tx: Tx,
  { id: accountId }: AccountRecord,
  { profile: { email }, address, now }: SignUp,
  { codes, notices }: SignUpDeps,
): Promise<SignedUp> {
  return codes.issue(tx, {
    ...{ subject: { email }, accountId, purpose: 'verify_email', address, now },
    send: (inner) => notices.tell(inner, { accountId, template: 'someone_signed_up', at: now }),
  });
}

/** The account, its two wallets and the event, together or not at all. */
export async function openWithWallets(
  tx: Tx,
  people: Identity['people'],
  person: {
    readonly profile: Profile;
    readonly roles: readonly Role[];
    /** Who opens it, as audit events name them; default: the person. */
    readonly actor?: string;
    readonly now: Date;
  },
): Promise<AccountRecord> {
  const { profile, roles, now } = person;
  const account = await people.open(tx, { profile, currency: DEFAULT_CURRENCY, roles }, now);
  if (account === undefined) throw new Error('A public id was drawn twice.');
  const wallet = { accountId: account.id, currency: DEFAULT_CURRENCY, at: now };
  await openWallet(tx, { ...wallet, kind: 'current' });
  await openWallet(tx, { ...wallet, kind: 'offline' });
  const subject = `account:${account.publicId}`;
  const actor = person.actor ?? subject;
  await record(tx, [{ actor, action: 'account.open', subject, outcome: 'ok' }], now);
  return account;
}

/**
 * The offline wallet's first key pair, once the address is proved: a stranger's sign-ups cost no
 * RSA keys. Where the lane is full, the pair is made when the key is first asked for.
 */
export function makeFirstKey(deps: EscrowDeps) {
  return async ({ id, publicId, currency }: AccountRecord, now: Date): Promise<void> => {
    const own = { accountId: id, kind: 'offline', currency } as const;
    const wallet = await walletOf(deps.pool, own);
    if (wallet === undefined) return;
    const order = { accountId: id, account: publicId, wallet: wallet.number, now };
    await ensureWalletKey(deps, order);
  };
}

export const exists = {
  ok: false,
  code: 'account/exists',
  detail: 'An account with this e-mail address already exists.',
} as const;
