import type { Problem } from '@sikka/api/thin';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../src/account/session.ts';
import type { Challenge, SessionParts } from '../../src/account/session.ts';
import type { Drawer } from '../../src/vault/drawer.ts';

const CHALLENGE: Challenge = {
  ...{ email: 'y@example.com', nonce: 'n', demoCode: undefined, emailVerified: true },
};
const UNREACHABLE: Problem = {
  ...{ type: '/problems/client/unreachable', title: 'No answer', status: 0, detail: 'cut' },
  ...{ code: 'client/unreachable', transient: true, advice: 'Ask again.' },
};

function createDrawer(content: Readonly<Record<string, unknown>>) {
  const kept = new Map(Object.entries(content));
  const drawer: Drawer = {
    get: async <T>(name: string) => kept.get(name) as T | undefined,
    put: async (name, value) => void kept.set(name, value),
    remove: async (name) => void kept.delete(name),
  };
  return { drawer, session: () => kept.get('session') };
}

/** A bank at which one person signs in; `cut`: the line goes right after. */
function createSession(account: string | 'cut') {
  const ended: unknown[] = [];
  const client = {
    confirmLogin: async () => ({
      ok: true,
      value: { access_token: `access-${account}`, refresh_token: `refresh-${account}` },
    }),
    logOut: async ({ body }: { readonly body: { readonly refresh_token: string } }) => {
      ended.push(body.refresh_token);
      return { ok: true };
    },
  } as unknown as ReturnType<SessionParts['client']>;
  const session = openSession({
    client: () => client,
    fingerprint: 'f',
    whoIs: async () =>
      account === 'cut'
        ? { ok: false, problem: UNREACHABLE }
        : { ok: true, value: { id: account } },
  });
  return { session, ended };
}

const OF_X = { profile: { account: 'x' }, session: { refresh: 'refresh-old' } };

describe('signing in over the money of x', () => {
  it.each<[string, string | undefined]>([
    ['x', undefined],
    ['y', 'app/other_account'],
    ['cut', 'client/unreachable'],
  ])('by %s is refused as %s', async (account, code) => {
    const { session, ended } = createSession(account);
    const { drawer, session: stored } = createDrawer(OF_X);
    await session.keepIn(drawer);
    const answer = await session.confirm(CHALLENGE, '123456');
    expect(answer.ok ? undefined : answer.problem.code).toBe(code);
    const refused = code !== undefined;
    expect(stored()).toEqual({ refresh: refused ? 'refresh-old' : 'refresh-x' });
    expect(ended).toEqual(refused ? [`refresh-${account}`] : []);
  });

  it.each(['y', 'cut'])('by %s before the PIN opened it leaves no trace', async (account) => {
    const { session, ended } = createSession(account);
    const { drawer, session: stored } = createDrawer({ profile: { account: 'x' } });
    expect(await session.confirm(CHALLENGE, '123456')).toEqual({ ok: true });
    await Promise.all([session.keepIn(drawer), session.keepIn(drawer)]);
    expect(stored()).toBeUndefined();
    expect(session.state.value).toBe('none');
    expect(await session.token()).toBeUndefined();
    expect(ended).toEqual([`refresh-${account}`]);
  });
});

describe('the tokens of a drawer', () => {
  it('are those of whoever signed in just now, where nobody owns it yet', async () => {
    const { session } = createSession('y');
    const { drawer, session: stored } = createDrawer({});
    await session.confirm(CHALLENGE, '123456');
    await Promise.all([session.keepIn(drawer), session.keepIn(drawer)]);
    expect(stored()).toEqual({ refresh: 'refresh-y' });
    expect(await session.token()).toBe('access-y');
  });

  it('win over what a tab remembers: another tab may have renewed or signed out', async () => {
    const { session } = createSession('x');
    const { drawer, session: stored } = createDrawer(OF_X);
    await session.keepIn(drawer);
    await drawer.put('session', { refresh: 'refresh-newer' });
    await session.keepIn(drawer);
    expect(stored()).toEqual({ refresh: 'refresh-newer' });
    await drawer.remove('session');
    await session.keepIn(drawer);
    expect(session.state.value).toBe('none');
  });
});
