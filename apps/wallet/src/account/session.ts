import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Problem } from '@sikka/api/thin';
import type { Drawer } from '../vault/drawer.ts';
import type { AppClient } from './bank-client.ts';
import { keptProfile } from './profile.ts';

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

export type Confirmed =
  { readonly ok: true } | { readonly ok: false; readonly problem: { readonly code: string } };

/** Being signed in at the bank. The refresh token is in the drawer, an access token nowhere. */
export interface Session {
  readonly state: ReadonlySignal<SessionState>;
  begin(given: { readonly email: string; readonly password: string }): Promise<Answer<Challenge>>;
  /** Keeps nothing and refuses `app/other_account` where the drawer has another owner's money. */
  confirm(challenge: Challenge, code: string): Promise<Confirmed>;
  /**
   * From now on tokens are kept there; what was kept there before is taken up, unless its owner
   * signed in just now.
   */
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
  /** The account that an access token speaks for. */
  readonly whoIs: (token: string) => Promise<Answer<{ readonly value: { readonly id: string } }>>;
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
      return tokens.signIn(answer.value);
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

/** Why these tokens must not come near the money in that drawer; then they are of no use. */
async function strangerTo(
  home: Drawer,
  tokens: SignedIn,
  { client, whoIs }: SessionParts,
): Promise<string | undefined> {
  const owner = await keptProfile(home);
  if (owner === undefined) return undefined;
  const me = await whoIs(tokens.access_token);
  const code = me.ok ? 'app/other_account' : me.problem.code;
  if (me.ok && me.value.id === owner.account) return undefined;
  await client().logOut({ body: { refresh_token: tokens.refresh_token } });
  return code;
}

/** Where the two tokens of a session are: in memory, and the longer one in the open drawer. */
function openTokenStore(parts: SessionParts) {
  const state = signal<SessionState>('none');
  let drawer: Drawer | undefined;
  let kept: Kept | undefined;
  let access: Access | undefined;
  /** Signed in just now, and in no drawer yet. */
  let fresh: SignedIn | undefined;
  /** One after the other. */
  let keeping = Promise.resolve();

  const take = async (tokens: SignedIn, home: Drawer | undefined) => {
    const taken = { refresh: tokens.refresh_token };
    await home?.put('session', taken);
    // Shut or changed meanwhile: what is in memory is another's.
    if (drawer !== home) return;
    kept = taken;
    access = { token: tokens.access_token, until: performance.now() + ACCESS_MS };
    state.value = 'signed-in';
  };
  const keep = async (): Promise<void> => {
    const [home, mine] = [drawer, fresh];
    if (home === undefined) return;
    fresh = undefined;
    const isOwner = mine !== undefined && (await strangerTo(home, mine, parts)) === undefined;
    if (isOwner) return take(mine, home);
    const found = await home.get<Kept>('session');
    if (drawer !== home) return;
    // The bank's no to the very same token stands.
    if (state.value !== 'ended' || found?.refresh !== kept?.refresh) {
      state.value = found === undefined ? 'none' : 'signed-in';
    }
    if (found === undefined) access = undefined;
    kept = found;
  };
  return {
    ...{ state, take },
    drawer: () => drawer,
    kept: () => kept,
    access: () => (access && performance.now() < access.until ? access.token : undefined),
    noteFresh: (tokens: SignedIn) => (fresh = tokens),
    keepIn(opened: Drawer) {
      // Tokens of before are of no use in another drawer until they are known to be its owner's.
      if (drawer !== opened) kept = access = undefined;
      drawer = opened;
      keeping = keeping.then(keep, keep);
      return keeping;
    },
    clear() {
      kept = access = fresh = undefined;
      state.value = 'none';
    },
    leaveDrawer: () => (drawer = undefined),
  };
}

/** The two tokens of a session: how they are come by, and how they are renewed. */
function openTokens(parts: SessionParts) {
  const { client, fingerprint } = parts;
  const store = openTokenStore(parts);
  const renew = async (): Promise<string | undefined> => {
    const home = store.drawer();
    // Another tab may have renewed meanwhile.
    const newest = (await home?.get<Kept>('session')) ?? store.kept();
    if (newest === undefined) return undefined;
    const body = { refresh_token: newest.refresh, device_fingerprint: fingerprint };
    const answer = await client().refreshToken({ body });
    if (answer.ok) {
      await store.take(answer.value, home);
      return answer.value.access_token;
    }
    // An account under review may still hand in what is pending.
    if (answer.problem.hand_in_token !== undefined) return answer.problem.hand_in_token;
    if (answer.problem.code === 'auth/refresh_invalid') store.state.value = 'ended';
    return undefined;
  };
  return {
    ...{ state: store.state, keepIn: store.keepIn },
    refresh: () => store.kept()?.refresh,
    async signIn(tokens: SignedIn): Promise<Confirmed> {
      const home = store.drawer();
      const code = home && (await strangerTo(home, tokens, parts));
      if (code !== undefined) return { ok: false, problem: { code } };
      if (home === undefined) store.noteFresh(tokens);
      await store.take(tokens, home);
      return { ok: true };
    },
    async token() {
      const access = store.access();
      if (access !== undefined) return access;
      if (store.kept() === undefined || store.state.value === 'ended') return undefined;
      return navigator.locks.request(LOCK, renew);
    },
    release() {
      store.leaveDrawer();
      store.clear();
    },
    async forget() {
      await store.drawer()?.remove('session');
      store.clear();
    },
  };
}
