import {
  decodeBase64,
  encodeBase64,
  encodeBundleCarrier,
  encodeDeviceOrder,
  fromHex,
  hex,
  openBundleCarrier,
  sealBundle,
  sha256,
  signBundle,
} from '@sikka/protocol';
import type { OpenedCarrier, Signer } from '@sikka/protocol';
import { agreementBy } from '../agreement.ts';
import { derivePointPair } from '../keys.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { secretsOf } from './entries.ts';
import type { Bundle, OrderTown, Sale, Till } from './town.ts';

export interface Making {
  readonly till: Till;
  readonly sales: readonly Sale[];
  /** Where it is not the till's own. */
  readonly signer?: Signer;
  readonly peer?: Uint8Array;
  readonly bundleId?: string;
  readonly nonce?: string;
  /** Says what no reader takes: nothing of it is anybody's word. */
  readonly isUnread?: boolean;
}

/** Seals and signs a bundle, and writes down what its till truly said. */
export async function makeBundle(
  { time, recorder }: World,
  random: Random,
  { town, making }: { readonly town: OrderTown; readonly making: Making },
): Promise<Bundle> {
  const { till, sales, signer = till.signer, peer = town.desk.sealingKey } = making;
  const { deviceId } = till;
  const bundleId = making.bundleId ?? hex(random.randomBytes(8));
  const nonce = making.nonce ?? hex(random.randomBytes(8));
  const deviceClock = new Date(time.now * 1000).toISOString();
  const named = { bundle_id: bundleId, device_id: deviceId, nonce, device_clock: deviceClock };
  const transactions = sales.map(writtenSale);
  const content = JSON.stringify({ ...named, metadata: {}, transactions });
  const secrets = secretsOf(random);
  const ephemeral = agreementBy(derivePointPair(random));
  const payload = await sealBundle(content, { peer, ephemeral, secrets });
  const push = await signBundle(payload, { deviceId, bundleId, deviceClock }, signer);
  const payloadHash = hex(sha256(payload));
  const bundle = { push, payloadHash, contentKey: secrets.contentKey, nonce, sales };
  if (signer === till.signer && making.isUnread !== true) {
    const opened = await openedOf(bundle);
    for (const [at, { transaction, documentId, content: said }] of opened.transactions.entries()) {
      const sale = sales[at];
      if (sale === undefined || transaction.payment !== undefined) continue;
      recorder.orders.signed({
        ...{ kind: 'device_transaction', id: hex(documentId), content: hex(said) },
        ...{ signer: deviceId, debits: till.tenant, number: sale.localId },
        ...{ amountMinor: sale.amountMinor, payeeWallet: payeeOf(recorder, sale) },
        ...{ toId: undefined, walletId: '', own: isOwn(till, sale) },
      });
    }
  }
  return bundle;
}

/** What a cash-in or its tenant's own payment debits is its tenant's. */
export function isOwn({ tenant }: Till, { type, sender }: Sale): boolean {
  return type !== 'cashout' && (type === 'cashin' || sender === tenant);
}

function payeeOf({ truth, orders }: World['recorder'], { receiver }: Sale): number {
  const number = Number(receiver);
  const isParty = [...truth.parties.values()].some(({ wallet }) => wallet === number);
  return isParty || orders.truth.wallets.has(number) ? number : 0;
}

function writtenSale({ localId, amountMinor, initiatedAt, payment, ...said }: Sale): object {
  const { type, sender, receiver } = said;
  return {
    ...{ local_id: localId, type, amount: Number(amountMinor) / 100, currency: 'PKR' },
    ...{ sender, receiver, initiated_at: initiatedAt },
    ...(payment === undefined ? {} : { meta: { payment: encodeBase64(payment) } }),
  };
}

/** As anybody opens it who has its content key: the till, and who has the bank's evidence. */
export async function openedOf({ push, contentKey }: Bundle): Promise<OpenedCarrier> {
  const { deviceId, bundleId } = push;
  const payload = decodeBase64(push.encryptedPayload) ?? new Uint8Array();
  const signature = decodeBase64(push.signature) ?? new Uint8Array();
  const opened = await openBundleCarrier({ payload, contentKey, deviceId, bundleId, signature });
  if (!opened.ok) throw new Error(`${opened.code}: ${opened.detail}`);
  return opened.value;
}

/** Its carrier and its orders, as items of a batch. */
export async function itemsOf(bundle: Bundle): Promise<readonly Uint8Array[]> {
  const opened = await openedOf(bundle);
  const payloadHash = fromHex(bundle.payloadHash);
  const orders = bundle.sales.flatMap(({ payment }, ordinal) => {
    return payment === undefined ? [encodeDeviceOrder({ payloadHash, ordinal })] : [];
  });
  return [encodeBundleCarrier(opened.carrier), ...orders];
}
