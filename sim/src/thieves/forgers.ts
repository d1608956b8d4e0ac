import {
  concatBytes,
  decodePacketOfKind,
  encodePacket,
  encodePayload,
  equalBytes,
  fromHex,
  hex,
  signDocument,
} from '@sikka/protocol';
import type { PaymentPacket, Signed, SikkaDocument } from '@sikka/protocol';
import { codeOf, pickPayee, pickThief, short } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import type { PartyPlan } from '../parties.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { purseOf } from './raw.ts';

const DAY = 86_400;
/** The order of P-256. */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** A payment of anybody's, altered so that nobody's signature fits; shown and handed in. */
export const forge: Act = async (world, random) => {
  const [thief, packet] = [pickThief(world, random), pickSigned(world, random)];
  if (thief === undefined || packet === undefined) return 'nothing to forge';
  const name = random.pick(FORGERY_NAMES);
  const forged = await FORGERIES[name]?.(packet, { world, random, thief });
  if (forged === undefined) return 'no such forgery';
  world.counters.count('thief.forge');
  await world.handIn(thief.account, [forged]);
  const payee = world.phoneOf(pickPayee(world, random).account);
  const answer = await payee.use((till) => till.payee.accept(forged));
  if (answer?.ok === true && answer.verdict === 'accepted') payee.answered.add(answer.paymentId);
  return `${thief.account}: ${name}, ${codeOf(answer)}`;
};

/** Anybody's payment handed in again by somebody else, as it is or with another signature. */
export const replay: Act = async (world, random) => {
  const packet = pickSigned(world, random);
  if (packet === undefined) return 'nothing to replay';
  const { account } = random.pick(world.parties);
  world.counters.count('thief.replay');
  const copies = [packet.bytes, packet.bytes, ...(await signedAgain(world, packet))];
  await world.handIn(account, copies);
  world.later(random.between(DAY, 40 * DAY), 'replay again', async () => {
    await world.handIn(account, [packet.bytes]);
    return short(hex(packet.paymentId));
  });
  return `${account}: ${short(hex(packet.paymentId))} ${copies.length} times`;
};

interface Forging {
  readonly world: World;
  readonly random: Random;
  readonly thief: PartyPlan;
}

type Forgery = (packet: PaymentPacket, forging: Forging) => Promise<Uint8Array>;

const FORGERIES: Readonly<Record<string, Forgery>> = {
  async flippedBit({ bytes }, { random }) {
    const flipped = Uint8Array.from(bytes);
    const at = random.below(bytes.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
    return flipped;
  },
  /** Right for everybody who takes both forms of an ECDSA signature. */
  async highS({ allowance, payment }) {
    const signature = payment.suite === 'ES256' ? highS(payment.signature) : payment.signature;
    return encodePacket({ kind: 'payment', allowance, payment: { ...payment, signature } });
  },
  /** The victim's allowance, the thief's key. */
  async thiefsKey({ allowance, allowanceId, payment }, { world, thief }) {
    const { signer } = world.phoneOf(thief.account).vault;
    if (signer === undefined) return new Uint8Array(1);
    const signed = await signDocument(payment.fields, signer, allowanceId);
    return encodePacket({ kind: 'payment', allowance, payment: signed });
  },
  /** A greater limit than the bank signed. */
  async raisedLimit({ allowance, payment }) {
    const limitMinor = allowance.fields.limitMinor * 10n;
    const raised = altered(allowance, { ...allowance.fields, limitMinor });
    return encodePacket({ kind: 'payment', allowance: raised, payment });
  },
  /** The victim's payment beside an allowance of the thief's, which it does not name. */
  async otherAllowance({ payment }, { world, random, thief }) {
    const purse = await purseOf(world.phoneOf(thief.account), random);
    if (purse === undefined) return new Uint8Array(1);
    return encodePacket({ kind: 'payment', allowance: purse.allowance, payment });
  },
  /** The victim's signature over more money. */
  async grownAmount({ allowance, payment }) {
    const { amountMinor, spentMinor } = payment.fields;
    const grown = { amountMinor: amountMinor + 1n, spentMinor: spentMinor + 1n };
    const more = altered(payment, { ...payment.fields, ...grown });
    return encodePacket({ kind: 'payment', allowance, payment: more });
  },
  /** The victim's signature over the same money for the thief. */
  async turnedAside({ allowance, payment }, { world, thief }) {
    const { wallet: payeeWallet } = world.recorder.truth.parties.get(thief.account) ?? {};
    const aside = altered(payment, {
      ...payment.fields,
      payeeWallet: payeeWallet ?? payment.fields.payeeWallet,
    });
    return encodePacket({ kind: 'payment', allowance, payment: aside });
  },
};

const FORGERY_NAMES = Object.keys(FORGERIES);

/** Other fields over the old signature. */
function altered<T extends SikkaDocument>(document: Signed<T>, fields: T): Signed<T> {
  return { ...document, fields, payload: encodePayload(fields) };
}

/** The other of the two signatures that plain ECDSA takes. */
export function highS(signature: Uint8Array): Uint8Array {
  const s = ORDER - BigInt(`0x${hex(signature.subarray(32))}`);
  return concatBytes(signature.subarray(0, 32), fromHex(s.toString(16).padStart(64, '0')));
}

/** The same content signed once more by its own key: another signature, the same payment. */
async function signedAgain(
  world: World,
  { allowance, allowanceId, payment, paymentId }: PaymentPacket,
): Promise<readonly Uint8Array[]> {
  const { by } = world.recorder.truth.signed.get(hex(paymentId)) ?? {};
  const { suite, publicKey } = allowance.fields;
  const phone = world.phones.find(
    ({ account, vault }) =>
      account === by && vault.signer !== undefined && equalBytes(vault.signer.publicKey, publicKey),
  );
  if (phone?.vault.signer?.suite !== suite) return [];
  const again = await signDocument(payment.fields, phone.vault.signer, allowanceId);
  return [encodePacket({ kind: 'payment', allowance, payment: again })];
}

function pickSigned(world: World, random: Random): PaymentPacket | undefined {
  const signed = [...world.recorder.truth.signed.values()];
  if (signed.length === 0) return undefined;
  const decoded = decodePacketOfKind('payment', random.pick(signed).packet);
  return decoded.ok ? decoded.value : undefined;
}
