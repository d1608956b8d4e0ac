import {
  equalBytes,
  keyHash,
  proveBundleCarrier,
  proveLedgerEntry,
  publicKeySpki,
  sha256,
  transactionHash,
} from '@sikka/protocol';
import type {
  DeviceKey,
  OpenedCarrier,
  VerifiedDeviceTransaction,
  VerifiedLedgerPayment,
  Verifier,
} from '@sikka/protocol';
import type { DeviceClaim, LedgerClaim } from './claims.ts';

/** What tills sign by (spec/device-bundle.md §2). */
export const SCHEMES: readonly string[] = ['ECDSA-P256', 'RS256'] satisfies DeviceKey['scheme'][];

/** Whether tills sign by it: a row may hold any text. */
export function isScheme(scheme: string): scheme is DeviceKey['scheme'] {
  return SCHEMES.includes(scheme);
}

/** The registered key of who signs orders. */
export interface OrderKey {
  readonly scheme: DeviceKey['scheme'];
  readonly publicKey: Uint8Array;
  readonly id: Uint8Array;
}

export type OrderClaim = LedgerClaim | DeviceClaim;

/** An order whose signature is valid, with what both kinds have in common. */
export type ProvedOrder = ProvedEntry | ProvedTransaction;

export interface ProvedEntry extends Common {
  readonly kind: 'ledger_entry';
  readonly verified: VerifiedLedgerPayment;
}

export interface ProvedTransaction extends Common {
  readonly kind: 'device_transaction';
  readonly verified: VerifiedDeviceTransaction;
}

interface Common {
  readonly id: Uint8Array;
  /** SHA-256 of what it says. */
  readonly content: Uint8Array;
  readonly keyId: Uint8Array;
  /** The signer's own. */
  readonly number: string;
  /** What the sender names as his order before this one. */
  readonly previous: Uint8Array | null;
}

/** A bundle has one signature for all that it carries. */
const bundles = new WeakMap<OpenedCarrier, { readonly key: OrderKey; readonly proved: Carried }>();

type Carried = ReturnType<typeof proveBundleCarrier>;

/** What an item proves by this key; else why it does not, in words. */
export async function proveOrder(
  { verifier }: { readonly verifier: Verifier },
  claim: OrderClaim,
  key: OrderKey,
): Promise<ProvedOrder | string> {
  if (!isScheme(key.scheme)) return `no key of ${String(key.scheme)}`;
  const id = idOf(claim, key);
  if (!equalBytes(id, key.id)) return 'the key is not the one of this id';
  return claim.kind === 'ledger_entry'
    ? proveEntry(verifier, claim, key)
    : proveTransaction(verifier, claim, key);
}

/** spec/suites.md §3 for a sender's; spec/device-bundle.md §2 for a till's. */
function idOf({ kind }: OrderClaim, { scheme, publicKey }: OrderKey): Uint8Array {
  return kind === 'ledger_entry'
    ? keyHash('ES256', publicKey)
    : sha256(publicKeySpki(scheme, publicKey));
}

async function proveEntry(
  verifier: Verifier,
  { transaction }: LedgerClaim,
  { publicKey }: OrderKey,
): Promise<ProvedEntry | string> {
  const proved = await proveLedgerEntry(transaction, publicKey, verifier);
  if (!proved.ok) return `${proved.code}: ${proved.detail}`;
  const verified = proved.value;
  const { paymentId: id, authority, txnId: number, prevHash } = verified;
  const previous = prevHash === '' ? null : Buffer.from(prevHash, 'hex');
  const common = { id, content: transactionHash(verified), keyId: authority.keyId };
  return { kind: 'ledger_entry', verified, ...common, number, previous };
}

async function proveTransaction(
  verifier: Verifier,
  { carrier, ordinal }: DeviceClaim,
  key: OrderKey,
): Promise<ProvedTransaction | string> {
  let bundle = bundles.get(carrier);
  if (bundle === undefined || !equalBytes(bundle.key.publicKey, key.publicKey)) {
    bundle = { key, proved: proveBundleCarrier(carrier, key, verifier) };
    bundles.set(carrier, bundle);
  }
  const proved = await bundle.proved;
  if (!proved.ok) return `${proved.code}: ${proved.detail}`;
  const verified = proved.value[ordinal];
  if (verified === undefined) return 'the bundle has no transaction there';
  const { documentId: id, content, authority, transaction } = verified;
  const common = { id, content, keyId: authority.keyId, number: transaction.localId };
  return { kind: 'device_transaction', verified, ...common, previous: null };
}
