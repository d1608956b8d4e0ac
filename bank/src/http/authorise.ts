import { LIMITS, mayOperate, OPERATOR_ROLES } from '@sikka/api';
import type { ProblemCode, Route } from '@sikka/api';
import type { Caller } from '../caller.ts';
import { blockedDetail } from '../identity/index.ts';
import type { Authenticator } from '../identity/index.ts';
import type { ProblemDetails } from './problems.ts';

export type Authorised =
  | { readonly ok: true; readonly caller: Caller | undefined }
  | ({ readonly ok: false; readonly code: ProblemCode } & ProblemDetails);

/** Deny by default: who may call a route is said by its row of the table, and nowhere else. */
export async function authorise(
  route: Route,
  header: string | undefined,
  deps: { readonly authenticator: Authenticator; readonly demo: boolean; readonly now: Date },
): Promise<Authorised> {
  if (route.auth === 'public') return { ok: true, caller: undefined };
  if (route.openInDemo === true && deps.demo && header === undefined) {
    return { ok: true, caller: undefined };
  }
  const authenticated = await deps.authenticator.authenticate(header, deps.now);
  if (!authenticated.ok) return authenticated;
  const { caller, statusReason } = authenticated;
  if (caller.status !== 'active' && route.openToBlocked !== true) {
    const detail = blockedDetail({ status: caller.status, statusReason });
    return { ok: false, code: 'auth/account_blocked', detail };
  }
  if (authenticated.handInOnly && route.openToBlocked !== true) {
    const detail = 'This token is for handing in what is pending. Sign in again.';
    return { ok: false, code: 'auth/token_invalid', detail };
  }
  if (!mayCall(route, caller)) {
    const roles = (route.roles ?? OPERATOR_ROLES).join(', ');
    const detail = `This route is for accounts with a role of: ${roles}.`;
    return { ok: false, code: 'auth/role_missing', detail };
  }
  if (route.stepUp === true && !isSteppedUp(caller, deps.now)) {
    const detail = 'This needs a fresh proof of your second factor in this session.';
    return { ok: false, code: 'auth/step_up_required', detail };
  }
  return { ok: true, caller };
}

/** Whether the session has proved its second factor within `LIMITS.stepUpMs`. */
export function isSteppedUp(caller: Caller, now: Date): boolean {
  const at = caller.session?.steppedUpAt;
  return at !== undefined && now.getTime() - at.getTime() <= LIMITS.stepUpMs;
}

function mayCall(route: Route, caller: Caller): boolean {
  if (route.roles?.some((role) => caller.roles.has(role)) === false) return false;
  switch (route.auth) {
    case 'public':
    case 'account':
      return true;
    case 'operator':
      return mayOperate(caller.roles);
  }
}
