import { equalBytes, keyHash } from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import type { View } from '../core/view.ts';
import type { Wallet } from '../core/wallet.ts';
import { refuse } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { HeldCredential } from '../journal/state.ts';

/** Who is paid here: the verified credential, its till, and the key that signs under it. */
export interface Seller extends HeldCredential {
  readonly till: number;
  readonly signer: Signer;
}

/** Refuses `wallet/not_enrolled`, and `wallet/role_missing` for a device that only pays. */
export async function readSeller(
  { keystore }: Wallet,
  { state }: Pick<View, 'state'>,
): Promise<Outcome<Seller>> {
  const { enrolment } = state;
  const signer = await keystore.signer();
  if (enrolment?.answer === undefined || signer === undefined) {
    return refuse('wallet/not_enrolled', 'enrol first');
  }
  const { credential, till } = enrolment.answer;
  if (credential === undefined || enrolment.role === 'payer') {
    return refuse('wallet/role_missing', 'enrolled as payer');
  }
  return { ok: true, ...credential, till, signer };
}

/** A request that payers would refuse is not shown: `expired`, `device_revoked`, … */
export function checkSeller(
  { credential, credentialId }: HeldCredential,
  { bankTime, bulletin }: View,
): Outcome {
  const { until, suite, publicKey } = credential.fields;
  if (bankTime > until) return refuse('expired', 'the credential is over: enrol anew');
  const lists = (list: readonly Uint8Array[] | undefined, id: Uint8Array): boolean =>
    list?.some((each) => equalBytes(each, id)) === true;
  if (lists(bulletin?.revokedDevices, keyHash(suite, publicKey))) {
    return refuse('device_revoked', 'by bulletin');
  }
  if (lists(bulletin?.revokedCredentials, credentialId)) {
    return refuse('credential_revoked', 'by bulletin');
  }
  return { ok: true };
}
