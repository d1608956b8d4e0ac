import { randomUUID } from 'node:crypto';
import { decodePacketOfKind, encodeBase64, sealBundle, signBundle, utf8 } from '@sikka/protocol';
import type { Signer } from '@sikka/protocol';
import { generateNodeSigningKey, nodeSigner } from '@sikka/protocol/node';
import type { Reply } from '../http.ts';
import { jsonOf } from '../http.ts';
import type { Lane } from '../town/payments.ts';
import { signPayments, toMany } from '../town/payments.ts';
import type { Owner } from '../town/store.ts';
import { freshEnvelope } from './hand-in.ts';
import type { IntakeWork } from './hand-in.ts';
import { insertTills, putPolicyInForce } from './store.ts';

/** A till of one lane, whose customers are that lane's people. */
export interface BenchTill {
  readonly deviceId: string;
  readonly signer: Signer;
  readonly lane: Lane;
}

/** A till for each lane with a float, and a policy that a thousand transactions a push pass. */
export async function openTills(
  owner: Owner,
  lanes: readonly Lane[],
): Promise<readonly BenchTill[]> {
  const tills = await Promise.all(
    lanes.map(async (lane, i) => {
      const { privateKey } = await generateNodeSigningKey('ES256');
      return { deviceId: `till-${i}`, signer: nodeSigner('ES256', privateKey), lane };
    }),
  );
  await insertTills(
    owner,
    tills.map(({ deviceId, signer, lane }) => {
      const account = lane.payers[0]?.account ?? '';
      return { deviceId, account, publicKey: signer.publicKey };
    }),
  );
  await putPolicyInForce(owner);
  return tills;
}

interface Sealing {
  /** The bank's sealing key. */
  readonly peer: Uint8Array;
  /** Bundles a lane. */
  readonly count: number;
  /** Transactions a bundle. */
  readonly size: number;
}

/** Cash-ins, which the till's key alone orders out of its float: bodies of pushes, by lane. */
export async function sealOrders(
  tills: readonly BenchTill[],
  { peer, count, size }: Sealing,
): Promise<readonly (readonly Uint8Array[])[]> {
  return perTill(tills, count, (till) => {
    const transactions = Array.from({ length: size }, (_, place) => cashIn(till.lane, place));
    return pushOf(till, transactions, peer);
  });
}

/** The customers' own payments under their allowances, each with what the till says of it. */
export async function sealPayments(
  tills: readonly BenchTill[],
  { peer, count, size }: Sealing,
): Promise<readonly (readonly Uint8Array[])[]> {
  return perTill(tills, count, async (till) => {
    const packets = await signPayments(till.lane, size, toMany);
    return pushOf(till, packets.map(transactionOf), peer);
  });
}

async function perTill(
  tills: readonly BenchTill[],
  count: number,
  make: (till: BenchTill) => Promise<Uint8Array>,
): Promise<readonly (readonly Uint8Array[])[]> {
  const lanes: Uint8Array[][] = [];
  for (const till of tills) {
    const bodies: Uint8Array[] = [];
    for (let i = 0; i < count; i += 1) bodies.push(await make(till));
    lanes.push(bodies);
  }
  return lanes;
}

function cashIn({ payers }: Lane, place: number): object {
  const receiver = payers[place % payers.length];
  return {
    ...{ local_id: randomUUID(), type: 'cashin', amount: 1.5, currency: 'PKR' },
    ...{ sender: 'counter', receiver: String(receiver?.wallet), initiated_at: justNow() },
  };
}

function transactionOf(packet: Uint8Array): object {
  const decoded = decodePacketOfKind('payment', packet);
  if (!decoded.ok) throw new Error(decoded.detail);
  const { amountMinor, payeeWallet } = decoded.value.payment.fields;
  return {
    ...{ local_id: randomUUID(), type: 'p2p', amount: Number(amountMinor) / 100, currency: 'PKR' },
    ...{ sender: 'customer', receiver: String(payeeWallet), initiated_at: justNow() },
    meta: { payment: encodeBase64(packet) },
  };
}

async function pushOf(
  { deviceId, signer }: BenchTill,
  transactions: readonly object[],
  peer: Uint8Array,
): Promise<Uint8Array> {
  const bundleId = randomUUID();
  const deviceClock = new Date().toISOString();
  const content = {
    ...{ bundle_id: bundleId, device_id: deviceId, nonce: randomUUID() },
    ...{ device_clock: deviceClock, metadata: {}, transactions },
  };
  const { agreement: ephemeral, secrets } = await freshEnvelope();
  const payload = await sealBundle(JSON.stringify(content), { peer, ephemeral, secrets });
  const push = await signBundle(payload, { deviceId, bundleId, deviceClock }, signer);
  return utf8(
    JSON.stringify({
      ...{ device_id: deviceId, bundle_id: bundleId, device_clock: deviceClock },
      ...{ encrypted_payload: push.encryptedPayload, signature: push.signature },
    }),
  );
}

/** Five minutes ago: a till that was offline for a while. */
function justNow(): string {
  return new Date(Date.now() - 300_000).toISOString();
}

export function bundleWork(lanes: IntakeWork['lanes'], size: number): IntakeWork {
  return { path: '/offline/push', lanes, each: size, fresh: size, taken: countAccepted };
}

/** None of a bundle that somebody has to look at first. */
function countAccepted(reply: Reply): number {
  const answer = jsonOf<{ readonly status: string; readonly transactions_count: number }>(
    reply,
    200,
  );
  return answer.status === 'accepted' ? answer.transactions_count : 0;
}
