import { bodyOf } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';
import { signIn, signUpAndIn } from '../support/person.ts';
import type { SignedInPerson } from '../support/person.ts';

/** What tests of accounts ask a running bank, and look up in it. */
export function createDesk(of: () => RunningBank) {
  return {
    call: (path: string, init: CallInit = {}) => call(of(), path, init),
    staff: (role: string) => staff(of(), role),
    eventsOf: (account: string) => eventsOf(of(), account),
  };
}

interface CallInit {
  readonly method?: string;
  readonly as?: string;
  readonly body?: unknown;
}

async function call(running: RunningBank, path: string, init: CallInit) {
  const { method = init.body === undefined ? 'GET' : 'POST', as, body } = init;
  const headers = new Headers();
  if (as !== undefined) headers.set('authorization', `Bearer ${as}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const response = await fetch(`${running.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await bodyOf(response) };
}

/** A member of the bank’s staff, signed in. */
async function staff(running: RunningBank, role: string): Promise<SignedInPerson> {
  const me = await signUpAndIn(running.url);
  await running.ownerPool.query(
    `insert into account_roles (account_id, role, granted_at)
     select id, $2, now() from accounts where public_id = $1`,
    [me.account, role],
  );
  // The token names the roles that there were when it was made.
  return signIn(running.url, me);
}

async function eventsOf(running: RunningBank, account: string): Promise<readonly string[]> {
  const { rows } = await running.ownerPool.query<{ action: string }>(
    `select action from audit_events where subject = $1 order by id`,
    [`account:${account}`],
  );
  return rows.map(({ action }) => action);
}
