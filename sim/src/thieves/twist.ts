import type { Payment } from '@sikka/protocol';
import { pickPayee } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { addressedTo, honestNext, present, purseOfThief, readRequest, signRaw } from './raw.ts';
import type { Purse } from './raw.ts';

/** One thing that is not as the till asked, or as the allowance lets: well signed all the same. */
export const twist: Act = async (world, random) => {
  const purse = await purseOfThief(world, random);
  if (typeof purse === 'string') return purse;
  const payee = world.phoneOf(pickPayee(world, random, purse.account).account);
  const isTooMuch = random.chance(0.15);
  const amountMinor = isTooMuch
    ? purse.allowance.fields.perPaymentMinor + 1n
    : BigInt(random.between(2, 3_000));
  const request = await readRequest(payee, amountMinor);
  if (request === undefined) return `${payee.name}: no request`;
  const name = isTooMuch ? 'oneTooMuch' : random.pick(Object.keys(TWISTS));
  const { currency } = purse.allowance.fields;
  const honest = { currency, ...addressedTo(request), ...honestNext(purse, amountMinor) };
  const twisted = { ...honest, ...TWISTS[name]?.(honest, { world, random, purse }) };
  const packet = await signRaw(world, random, { purse, to: twisted, counted: twisted });
  world.counters.count('thief.twist');
  const word = await present(world, { request, payee, packet });
  if (word === 'accepted') {
    const detail = `${payee.name} took a payment of ${purse.account} with ${name}`;
    world.report({ invariant: 'twisted-is-refused', detail });
  }
  // The bank knows of no request: there some of them are as good as any other.
  if (random.chance(0.5)) await world.handIn(purse.account, [packet]);
  return `${purse.account} to ${payee.name}: ${name}, ${word}`;
};

type Fields = Pick<
  Payment,
  | 'amountMinor'
  | 'bind'
  | 'currency'
  | 'mode'
  | 'payeeWallet'
  | 'previous'
  | 'sequence'
  | 'spentMinor'
>;

interface Twisting {
  readonly world: World;
  readonly random: Random;
  readonly purse: Purse;
}

type Twist = (honest: Fields, twisting: Twisting) => Partial<Fields>;

const OTHER_CURRENCY = 840;

const TWISTS: Readonly<Record<string, Twist>> = {
  /** The shop's request, the thief's friend's wallet. */
  anotherPayee: ({ payeeWallet }, { world, random }) => {
    const { parties } = world.recorder.truth;
    const others = [...parties.values()].filter(({ wallet }) => wallet !== payeeWallet);
    return { payeeWallet: random.pick(others).wallet };
  },
  anotherRequest: (_, { random }) => ({ bind: random.randomBytes(32) }),
  anotherMode: () => ({ mode: 'static' }),
  lessThanAsked: ({ amountMinor, spentMinor }) => {
    return { amountMinor: amountMinor - 1n, spentMinor: spentMinor - 1n };
  },
  nothing: ({ amountMinor, spentMinor }) => {
    return { amountMinor: 0n, spentMinor: spentMinor - amountMinor };
  },
  moreThanTheLimit: ({ sequence, amountMinor }, { purse, random }) => {
    const { limitMinor, firstSequence } = purse.allowance.fields;
    // One unit more; a sequence is left out, so that nothing but the limit speaks against it.
    const later = Math.max(sequence, firstSequence) + 1;
    // A sum that is less than its own payment is nothing that can be written.
    const most = amountMinor > limitMinor ? amountMinor : limitMinor;
    return { sequence: later, spentMinor: most + 1n, previous: random.randomBytes(32) };
  },
  anotherCurrency: () => ({ currency: OTHER_CURRENCY }),
  oneTooMany: ({ spentMinor }, { purse, random }) => {
    const { firstSequence, count } = purse.allowance.fields;
    const sequence = firstSequence + count;
    return { sequence, spentMinor: spentMinor + 1n, previous: random.randomBytes(32) };
  },
  /** A first payment after one that the allowance does not have. */
  anotherBeginning: ({ amountMinor }, { purse, random }) => {
    const { firstSequence: sequence } = purse.allowance.fields;
    return { sequence, spentMinor: amountMinor, previous: random.randomBytes(32) };
  },
  /** A first payment that says that something was spent before it. */
  badBeginning: ({ spentMinor }, { purse }) => {
    return { sequence: purse.allowance.fields.firstSequence, spentMinor: spentMinor + 1n };
  },
};
