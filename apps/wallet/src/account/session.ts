import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Problem } from '@sikka/api/thin';
import type { Drawer } from '../vault/drawer.ts';
import type { AppClient } from './bank-client.ts';

/** `ended`: the bank ended it, or it ran out; what is kept here stays, and signing in resumes. */
export type SessionState = 'none' | 'signed-in' | 'ended';

export type Answer<T = object> =
  ({ readonly ok: true } & T) | { readonly ok: false; readonly problem: Problem };

/** A login begun: the code that was mailed finishes it. */
export interface Challenge {
  readonly email: string;
  readonly nonce: string;
  /** In a demo the bank shows the code that it mailed. */
  readonly demoCode: string | undefined;
  readonly emailVerified: boolean;
}

/** Being signed in at the bank. The refresh token is in the drawer, an access token nowhere. */
export interface Session {
  readonly state: ReadonlySignal<SessionState>;
  begin(given: { readonly email: string; readonly password: string }): Promise<Answer<Challenge>>;
  confirm(challenge: Challenge, code: string): Promise<Answer>;
  /** From now on tokens are kept there; what was kept there before is taken up. */
  keepIn(drawer: Drawer): Promise<void>;
  /** Forgets the tokens in memory; the drawer is shut by whoever locks. */
  release(): void;
  /** Ends it at the bank as well, where that can be reached. */
  end(): Promise<void>;
  token(): Promise<string | undefined>;
}

interface Kept {
  readonly refresh: string;
}

interface Access {
  readonly token: string;
  /** By `performance.now()`: no clock that a person can set decides it. */
  readonly until: number;
}

/** A minute before the bank's 15, so that a token does not end on its way. */
const ACCESS_MS = 14 * 60_000;
/** Tabs renew one after the other: the bank takes a token that was used for a theft. */
const LOCK = 'sikka-session';

export interface SessionParts {
  readonly client: () => Pick<AppClient, 'login' | 'confirmLogin' | 'refreshToken' | 'logOut'>;
  /** What this installation calls itself; random, the same at every renewal. */
  readonly fingerprint: string;
}

export function openSession(parts: SessionParts): Session {
  const { client, fingerprint } = parts;
  const tokens = openTokens(parts);
  return {
    state: tokens.state,
    token: tokens.token,
    keepIn: tokens.keepIn,
    release: tokens.release,
    async begin({ email, password }) {
      const body = { email, password, device_fingerprint: fingerprint };
      const answer = await client().login({ body });
      if (!answer.ok) return answer;
      const { nonce_demo: nonce, otp_demo: demoCode, email_verified } = answer.value;
      return { ok: true, email, nonce, demoCode, emailVerified: email_verified };
    },
    async confirm({ email, nonce }, code) {
      const body = { email, nonce, otp: code, device_fingerprint: fingerprint };
      const answer = await client().confirmLogin({ body });
      if (!answer.ok) return answer;
      await tokens.take(answer.value);
      return { ok: true };
    },
    async end() {
      const refresh = tokens.refresh();
      if (refresh !== undefined) await client().logOut({ body: { refresh_token: refresh } });
      await tokens.forget();
    },
  };
}

interface SignedIn {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** The two tokens of a session: where they are, and how they are renewed. */
function openTokens({ client, fingerprint }: SessionParts) {
  const state = signal<SessionState>('none');
  let drawer: Drawer | undefined;
  let kept: Kept | undefined;
  let access: Access | undefined;

  const take = async (tokens: SignedIn) => {
    kept = { refresh: tokens.refresh_token };
    await drawer?.put('session', kept);
    access = { token: tokens.access_token, until: performance.now() + ACCESS_MS };
    state.value = 'signed-in';
  };
  const renew = async (): Promise<string | undefined> => {
    // Another tab may have renewed meanwhile.
    const newest = (await drawer?.get<Kept>('session')) ?? kept;
    if (newest === undefined) return undefined;
    const body = { refresh_token: newest.refresh, device_fingerprint: fingerprint };
    const answer = await client().refreshToken({ body });
    if (answer.ok) {
      await take(answer.value);
      return answer.value.access_token;
    }
    // An account under review may still hand in what is pending.
    if (answer.problem.hand_in_token !== undefined) return answer.problem.hand_in_token;
    if (answer.problem.code === 'auth/refresh_invalid') state.value = 'ended';
    return undefined;
  };
  const clear = () => {
    kept = access = undefined;
    state.value = 'none';
  };
  return {
    state,
    take,
    refresh: () => kept?.refresh,
    async token() {
      if (access !== undefined && performance.now() < access.until) return access.token;
      if (kept === undefined || state.value === 'ended') return undefined;
      return navigator.locks.request(LOCK, renew);
    },
    async keepIn(opened: Drawer) {
      drawer = opened;
      // Signed in just now: that is newer than what the drawer has.
      if (kept !== undefined) return opened.put('session', kept);
      kept = await opened.get<Kept>('session');
      state.value = kept === undefined ? 'none' : 'signed-in';
    },
    release() {
      drawer = undefined;
      clear();
    },
    async forget() {
      await drawer?.remove('session');
      clear();
    },
  };
}
