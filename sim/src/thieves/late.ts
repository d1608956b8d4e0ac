import { pickPayee, pickThief } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import { syncPhone } from '../acts/keep.ts';
import { addressedTo, honestNext, purseOf, readRequest, signRaw } from './raw.ts';

const HOUR = 3_600;
const DAY = 86_400;

/**
 * Pays a request after it is over, at a till that has met the bank since and knows it: by the
 * packet in the clear, since the till has forgotten the request's key by then.
 */
export const payTooLate: Act = async (world, random) => {
  const thief = pickThief(world, random);
  if (thief === undefined) return 'no thief';
  const payee = world.phoneOf(pickPayee(world, random, thief.account).account);
  const amountMinor = BigInt(random.between(1, 1_000));
  const request = await readRequest(payee, amountMinor);
  if (request === undefined) return `${payee.name}: no request`;
  // Till and bank may be two days apart in what they take for the time.
  const left = request.request.fields.until - world.time.now;
  world.later(Math.max(0, left) + random.between(HOUR, DAY), 'pays too late', async () => {
    await world.bankDoes((bank) => bank.operate({ act: 'issue-bulletin' }));
    await syncPhone(world, payee);
    const purse = await purseOf(world.phoneOf(thief.account), random);
    if (purse === undefined) return 'no allowance';
    const counted = honestNext(purse, amountMinor);
    const packet = await signRaw(world, random, { purse, to: addressedTo(request), counted });
    const answer = await payee.use((till) => till.payee.accept(packet));
    if (answer?.ok === true) payee.answered.add(answer.paymentId);
    const word = answer?.ok === false ? answer.code : (answer?.verdict ?? 'died');
    world.counters.count(`thief.too-late.${word}`);
    return `${thief.account} to ${payee.name}: ${word}`;
  });
  return `${thief.account} to ${payee.name}`;
};
