import type {
  OpenedCarrier,
  VerifiedDeviceTransaction,
  VerifiedLedgerPayment,
} from '@sikka/protocol';
import { equalBytes, keyHash, proveBundleCarrier, proveLedgerEntry } from '@sikka/protocol';
import { settledOrderAnswer } from './answers.ts';
import type { DeviceClaim, LedgerClaim } from './claims.ts';
import type { RefusalCode } from './codes.ts';
import { keyOf } from './keys.ts';
import type { KnownOrders } from './orders.ts';
import type { Proof, Proving } from './prove.ts';

/** What an intake proved in the call that hands it in: no signature is verified twice. */
export interface GivenProofs {
  readonly entries: readonly VerifiedLedgerPayment[];
}

export type ProveOrder = (claim: LedgerClaim | DeviceClaim) => Promise<Proof>;

/** These very bytes moved money before: a till's hold their bundle and their place in it. */
export function answeredOrder(
  { documentId, sha256 }: LedgerClaim | DeviceClaim,
  { settled }: KnownOrders,
): Proof | undefined {
  const order = settled.get(keyOf(documentId));
  if (order === undefined || !equalBytes(order.sha256, sha256)) return undefined;
  return { kind: 'answered', outcome: settledOrderAnswer(order) };
}

/** Proves the orders of one batch: a bundle's one signature once for all that it carries. */
export function createOrderProver(proving: Proving): ProveOrder {
  const given = new Map(
    (proving.given?.entries ?? []).map((entry) => [keyOf(entry.paymentId), entry]),
  );
  let bundle: Promise<Carried> | undefined;
  return async (claim) => {
    if (claim.kind === 'ledger_entry') {
      return proveEntry(claim, proving, given.get(keyOf(claim.documentId)));
    }
    bundle ??= proveCarrier(claim.carrier, proving);
    const carried = await bundle;
    if (!Array.isArray(carried)) return refused('device_transaction', carried);
    const verified = carried[claim.ordinal];
    if (verified === undefined) throw new Error('An order that its carrier does not hold.');
    return { kind: 'device_transaction', verified };
  };
}

type Carried = VerifiedDeviceTransaction[] | RefusalCode;

async function proveCarrier(
  carrier: OpenedCarrier,
  { known, verifier }: Proving,
): Promise<Carried> {
  const key = known.orders.tills.get(carrier.deviceId);
  if (key === undefined) return 'order_key_unknown';
  const proved = await proveBundleCarrier(carrier, key, verifier);
  return proved.ok ? [...proved.value] : 'device_signature_invalid';
}

/** By the registered key, whatever key the transaction names (spec/sealed-ledger.md §3). */
async function proveEntry(
  { transaction }: LedgerClaim,
  { known, verifier }: Proving,
  before: VerifiedLedgerPayment | undefined,
): Promise<Proof> {
  const key = known.orders.senders.get(transaction.fromId);
  if (key === undefined) return refused('ledger_entry', 'order_key_unknown');
  // Its id says what was signed; the signature and the key are in the bytes beside it.
  const isProved =
    before !== undefined &&
    equalBytes(before.signature, transaction.signature) &&
    equalBytes(transaction.senderKey, key) &&
    equalBytes(before.authority.keyId, keyHash('ES256', key));
  if (isProved) return { kind: 'ledger_entry', verified: before };
  const proved = await proveLedgerEntry(transaction, key, verifier);
  if (proved.ok) return { kind: 'ledger_entry', verified: proved.value };
  return refused('ledger_entry', 'payer_signature_invalid');
}

function refused(claimed: 'ledger_entry' | 'device_transaction', code: RefusalCode): Proof {
  return { kind: 'refused', claimed, code };
}
