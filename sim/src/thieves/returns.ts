import { documentId, encodePacket, fromHex, hex, signDocument } from '@sikka/protocol';
import type { Return } from '@sikka/protocol';
import type { Act } from '../acts/act.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import {
  addressedNowhere,
  friendOf,
  honestNext,
  idOfPayment,
  purseOfThief,
  signRaw,
} from './raw.ts';
import type { Counted, Purse } from './raw.ts';

/** What a Return says of its journal. */
export type Said = Pick<Return, 'head' | 'lastSequence' | 'totalMinor'>;

/** Signs "I sign no more" of that content, and notes that it did. */
export async function signReturnRaw(
  world: World,
  { purse, ...of }: { readonly purse: Purse; readonly said: Said; readonly nonce?: Uint8Array },
): Promise<Uint8Array> {
  const { allowance, allowanceId, signer, account } = purse;
  const { nonce: journalNonce = allowance.fields.journalNonce, said } = of;
  const signed = await signDocument({ type: 'return', ...said, journalNonce }, signer, allowanceId);
  const { suite, payload } = signed;
  const id = hex(documentId({ type: 'return', suite, parentId: allowanceId }, payload));
  const { lastSequence, totalMinor, head } = said;
  const about = { allowanceId: hex(allowanceId), lastSequence, totalMinor, head: hex(head) };
  world.recorder.signedReturn({ id, ...about, by: account });
  return encodePacket({ kind: 'return', allowance, return: signed });
}

/**
 * A Return about payments that nobody has handed in, and one document more that it alone speaks
 * against: another Return, or a payment that it leaves out.
 */
export const returnCrookedly: Act = async (world, random) => {
  const purse = await purseOfThief(world, random);
  if (typeof purse === 'string') return purse;
  const friend = friendOf(world, random, purse.account);
  const sign = (counted: Counted) =>
    signRaw(world, random, { purse, to: addressedNowhere(friend.wallet, random), counted });
  const next = honestNext(purse, BigInt(random.between(2, 1_000)));
  const last: Said = {
    ...{ lastSequence: next.sequence, totalMinor: next.spentMinor },
    head: fromHex(idOfPayment(await sign(next))),
  };
  const name = random.pick(Object.keys(CROOKED));
  const { said = last, against } = CROOKED[name]?.(last, next, random) ?? {};
  const packets = [await signReturnRaw(world, { purse, said })];
  if (against === undefined) packets.push(await sign(next));
  else packets.push(await signReturnRaw(world, { purse, said: { ...last, ...against } }));
  if (random.chance(0.7)) for (const packet of packets) await world.handIn(purse.account, [packet]);
  else await world.handIn(purse.account, [...packets, ...packets]);
  world.counters.count('thief.crooked-return');
  return `${purse.account}: ${name}`;
};

interface Pair {
  /** The Return that comes first: of the last payment, unless given. */
  readonly said?: Said;
  /** What the second Return says otherwise; without it a payment comes second. */
  readonly against?: Partial<Said>;
}

type Crook = (last: Said, next: Counted, random: Random) => Pair;

const CROOKED: Readonly<Record<string, Crook>> = {
  anotherHead: (_, __, random) => ({ against: { head: random.randomBytes(32) } }),
  anotherTotal: ({ totalMinor }) => ({ against: { totalMinor: totalMinor - 1n } }),
  anotherEnd: ({ lastSequence }) => ({ against: { lastSequence: lastSequence + 1 } }),
  /** The same sequence and sum as the Return says, and another payment. */
  anotherLast: () => ({}),
  /** Something was signed after it, whose sum leaves no room for this one. */
  tooMuchBefore: ({ lastSequence, totalMinor }, _, random) => {
    const head = random.randomBytes(32);
    return { said: { lastSequence: lastSequence + 1, totalMinor: totalMinor - 1n, head } };
  },
};
