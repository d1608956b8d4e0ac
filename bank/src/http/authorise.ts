import { mayOperate, OPERATOR_ROLES } from '@sikka/api';
import type { ProblemBody, ProblemCode, Route } from '@sikka/api';
import type { Caller } from '../caller.ts';
import type { Authenticator } from '../identity/index.ts';
import type { ProblemDetails } from './problems.ts';

export type Authorised =
  | { readonly ok: true; readonly caller: Caller | undefined }
  | ({ readonly ok: false; readonly code: ProblemCode } & ProblemDetails);

/** Deny by default: who may call a route is said by its row of the table, and nowhere else. */
export async function authorise(
  route: Route,
  header: string | undefined,
  deps: { readonly authenticator: Authenticator; readonly now: Date },
): Promise<Authorised> {
  if (route.auth === 'public') return { ok: true, caller: undefined };
  const authenticated = await deps.authenticator.authenticate(header, deps.now);
  if (!authenticated.ok) return authenticated;
  const { caller, statusReason } = authenticated;
  if (caller.status !== 'active' && route.openToBlocked !== true) {
    return { ok: false, code: 'auth/account_blocked', detail: blocked(caller, statusReason) };
  }
  if (!mayCall(route, caller)) {
    const detail = `This route is for accounts with a role of: ${OPERATOR_ROLES.join(', ')}.`;
    return { ok: false, code: 'auth/role_missing', detail };
  }
  return { ok: true, caller };
}

function mayCall(route: Route, caller: Caller): boolean {
  switch (route.auth) {
    case 'public':
    case 'account':
      return true;
    case 'operator':
      return mayOperate(caller.roles);
  }
}

/** In the shape that existing clients read. */
function blocked(caller: Caller, reason: string | undefined): ProblemBody['detail'] {
  const inReview = caller.status === 'review';
  return {
    code: 'ACCOUNT_BLOCKED',
    message: inReview
      ? 'This account is blocked while it is being reviewed. What is pending can be handed in.'
      : 'This account is closed. What is pending can be handed in.',
    reason: reason ?? caller.status,
    fraud_review_pending: inReview,
  };
}
