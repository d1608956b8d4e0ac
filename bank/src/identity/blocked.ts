import type { Static } from '@sinclair/typebox';
import type { BlockedDetail } from '@sikka/api';
import type { AccountStatus } from '../caller.ts';

/** What the owner of a blocked account is told, in the shape that existing clients read. */
export function blockedDetail(account: {
  readonly status: AccountStatus;
  readonly statusReason: string | undefined;
}): Static<typeof BlockedDetail> {
  const inReview = account.status === 'review';
  return {
    code: 'ACCOUNT_BLOCKED',
    message: inReview
      ? 'This account is blocked while it is being reviewed. What is pending can be handed in.'
      : 'This account is closed. What is pending can be handed in.',
    reason: account.statusReason ?? account.status,
    fraud_review_pending: inReview,
  };
}

/** The same, as a handler refuses with it. */
export function blockedRefusal(account: Parameters<typeof blockedDetail>[0]) {
  const blocked = blockedDetail(account);
  return { ok: false, code: 'auth/account_blocked', detail: blocked.message, blocked } as const;
}
