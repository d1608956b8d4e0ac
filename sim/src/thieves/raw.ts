import {
  decodePacketOfKind,
  documentId,
  encodePacket,
  hex,
  seal,
  signDocument,
} from '@sikka/protocol';
import type { Allowance, Payment, RequestPacket, Signed, Signer } from '@sikka/protocol';
import { pickPayee, pickThief } from '../acts/act.ts';
import { keepsEvidence } from '../acts/reasons.ts';
import type { Phone } from '../phone.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/** What a thief signs with: its own key and an allowance of it, past every rule of the wallet. */
export interface Purse {
  readonly account: string;
  readonly signer: Signer;
  readonly allowance: Signed<Allowance>;
  readonly allowanceId: Uint8Array;
  /** What its journal signed last. */
  readonly lastSequence: number;
  readonly spentMinor: bigint;
  readonly head: Uint8Array;
}

/** Undefined where the phone has no allowance. */
export async function purseOf(phone: Phone, random: Random): Promise<Purse | undefined> {
  const { signer } = phone.vault;
  const held = await phone.use(async ({ wallet }) => {
    const { allowances } = await wallet.journal.read();
    const held = [...allowances.values()];
    // The newest mostly: the others are over, or known to be a thief's.
    return held.length === 0 || random.chance(0.7) ? held.at(-1) : random.pick(held);
  });
  if (held === undefined || signer === undefined) return undefined;
  const { allowance, allowanceId, lastSequence, spentMinor, head } = held;
  const { account } = phone;
  return { account, signer, allowance, allowanceId, lastSequence, spentMinor, head };
}

/** Somebody's who is a thief, and has an allowance; otherwise in words why there is none. */
export async function purseOfThief(world: World, random: Random): Promise<Purse | string> {
  const thief = pickThief(world, random);
  if (thief === undefined) return 'no thief';
  return (await purseOf(world.phoneOf(thief.account), random)) ?? 'no allowance';
}

/** Whom a thief pays what nobody asked for. */
export function friendOf(world: World, random: Random, thief: string) {
  const { account } = pickPayee(world, random, thief);
  return { account, wallet: world.recorder.truth.parties.get(account)?.wallet ?? 0 };
}

/** To whom, for what request or code. */
export type Addressed = Pick<Payment, 'bind' | 'mode' | 'payeeWallet'>;
export type Counted = Pick<Payment, 'amountMinor' | 'previous' | 'sequence' | 'spentMinor'>;

/** The next payment as the journal would sign it. */
export function honestNext(purse: Purse, amountMinor: bigint): Counted {
  return {
    sequence: purse.lastSequence + 1,
    amountMinor,
    spentMinor: purse.spentMinor + amountMinor,
    previous: purse.head,
  };
}

/** Signs whatever it is told, and notes that it did. */
export async function signRaw(
  world: World,
  random: Random,
  { purse, ...what }: { readonly purse: Purse; readonly to: Addressed; readonly counted: Counted },
): Promise<Uint8Array> {
  const { allowance, allowanceId, signer } = purse;
  const fields: Payment = {
    type: 'payment',
    currency: allowance.fields.currency,
    salt: random.randomBytes(16),
    claimedAt: world.time.now,
    ...what.to,
    ...what.counted,
  };
  const payment = await signDocument(fields, signer, allowanceId);
  const packet = encodePacket({ kind: 'payment', allowance, payment });
  const decoded = decodePacketOfKind('payment', packet);
  if (decoded.ok) world.recorder.signed(decoded.value, purse.account);
  return packet;
}

/** A live request of a till, as anybody reads it from its screen. */
export async function readRequest(
  phone: Phone,
  amountMinor: bigint,
): Promise<RequestPacket | undefined> {
  const made = await phone.use(({ payee }) => payee.createRequest({ amountMinor }));
  if (made?.ok !== true) return undefined;
  const decoded = decodePacketOfKind('request', made.packet);
  return decoded.ok ? decoded.value : undefined;
}

export function addressedTo({ credential, requestId }: RequestPacket): Addressed {
  return { payeeWallet: credential.fields.wallet, mode: 'dynamic', bind: requestId };
}

/** Shows a payment to the till whose request it pays; answers the till's word. */
export async function present(
  world: World,
  {
    request,
    payee,
    packet,
  }: {
    readonly request: RequestPacket;
    readonly payee: Phone;
    readonly packet: Uint8Array;
  },
): Promise<string> {
  const { ecdhKey } = request.request.fields;
  const sealed = await seal(packet, { ecdhKey, bind: request.requestId });
  const answer = await payee.use((till) => till.payee.accept(sealed));
  if (answer === undefined) return 'died';
  if (answer.ok) payee.answered.add(answer.paymentId);
  const word = answer.ok ? answer.verdict : answer.code;
  world.counters.count(`thief.accept.${word}`);
  await keepsEvidence(world, payee, { paymentId: idOfPayment(packet), code: word });
  return word;
}

/** Somewhere else: another account's wallet, and an id that no request has. */
export function addressedNowhere(payeeWallet: number, random: Random): Addressed {
  return { payeeWallet, mode: 'dynamic', bind: random.randomBytes(32) };
}

export function idOfPayment(packet: Uint8Array): string {
  const decoded = decodePacketOfKind('payment', packet);
  if (!decoded.ok) return 'malformed';
  const { payment, allowanceId } = decoded.value;
  const { suite, payload } = payment;
  return hex(documentId({ type: 'payment', suite, parentId: allowanceId }, payload));
}
