/**
 * Every action that the bank records (spec/log.md §2), in its own names: an event of another was
 * made up. Those with a row of their own are in `effects-sql.ts`.
 */

/** Of which one event tells one row, and each such row one event. */
export const TELLING = [
  ...['account.open', 'demo.account', 'allowance.closed', 'allowance.issued'],
  ...['allowance_policy.set', 'approval.agreed', 'approval.proposed', 'bulletin.issue'],
  ...['bundle.accepted', 'bundle.pending_review', 'bundle.quarantined', 'bundle.rejected'],
  ...['case.decided', 'device.enrol', 'device.print_code', 'device.revoke', 'dispute.decided'],
  ...['dispute.opened', 'funding', 'issuer_key.made', 'kyc.registered', 'ledger.forked'],
  ...['ledger.settled', 'limit.approved', 'limit.rejected', 'limit.requested'],
  ...['offline.confirmed', 'policy.in_force', 'review.rejected', 'review.released'],
  ...['risk_rules.activated', 'risk_rules.back_tested', 'risk_rules.created'],
  ...['risk_rules.restored', 'risk_rules.retired', 'risk_rules.shadowed'],
  ...['risk_rules.unshadowed', 'settlement.decided', 'settlement.equivocation_proved'],
  ...['till.registered', 'till.revoked', 'topup.asked', 'topup.ordered', 'topup.settled'],
  ...['wallet.created', 'wallet.key_released', 'wallet.transfer', 'withdrawal.ended'],
  'withdrawal.ordered',
] as const;

/** Of which one row may have several: a key is registered, then proved or taken out of escrow. */
export const OF_KEYS = ['wallet.key_made', 'wallet.key_registered'] as const;

/** Of which only what they are about is a row, and where it stands now follows from the last. */
export const ABOUT = [
  ...['account.block', 'account.name_verified', 'account.phone_verified', 'account.release'],
  ...['account.roles', 'email.change', 'held.retried', 'kyc.approved', 'kyc.pending'],
  ...['kyc.rejected', 'ledger_chain.broken', 'passkey.add', 'passkey.remove', 'password.change'],
  ...['password.reset', 'person.erased', 'person.export', 'person.hold', 'session.open'],
  ...['session.reuse', 'session.step_up', 'till.active', 'till.suspended', 'topup.held'],
  ...['wallet.keys_retired', 'wallet.status'],
] as const;

/** Which wait for a second person, whose approval they name. */
export const PROPOSED = ['case.proposed', 'review.proposed'] as const;

/** Of which nothing is left that an auditor may read: they move nothing. */
export const ALONE = [
  ...['bundle.refused', 'keys.resealed', 'ledger.conflict', 'ledger.refused'],
  ...['ledger.verified', 'sealing_key.made', 'webhook.created', 'webhook.deleted'],
  'webhook.disabled',
] as const;

export const ACTIONS: readonly string[] = [TELLING, OF_KEYS, ABOUT, PROPOSED, ALONE].flat();
