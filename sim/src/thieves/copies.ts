import { short, pickPayee, pickThief } from '../acts/act.ts';
import type { Act } from '../acts/act.ts';
import { syncPhone } from '../acts/keep.ts';
import { tradeBetween } from '../acts/trade.ts';
import { cloneDisk, imageOf } from '../disk.ts';
import { cloneVault } from '../keystore.ts';
import { putBack } from '../acts/faults.ts';
import { addressedTo, honestNext, present, purseOfThief, readRequest, signRaw } from './raw.ts';

const HOUR = 3_600;
const DAY = 86_400;

/** Key and journal copied to a second phone; both pay, at two counters, whoever syncs first. */
export const clone: Act = async (world, random) => {
  const plan = pickThief(world, random);
  if (plan === undefined) return 'no thief';
  const original = world.phoneOf(plan.account);
  const { disk, vault } = original;
  const copy = world.buyPhone(plan, {
    disk: cloneDisk(disk),
    vault: cloneVault(vault, random.fork('copied vault')),
  });
  world.counters.count('thief.clone');
  const lines: string[] = [];
  for (const payer of [original, copy, ...(random.chance(0.4) ? [original, copy] : [])]) {
    const payee = world.phoneOf(pickPayee(world, random, plan.account).account);
    lines.push(await tradeBetween(world, random, { payer, payee }));
  }
  for (const phone of random.chance(0.5) ? [original, copy] : [copy, original]) {
    world.later(random.between(1, 4 * DAY), 'clone syncs', () => syncPhone(world, phone));
  }
  return `${original.name} and ${copy.name}: ${lines.join('; ')}`;
};

/** The same phone put back to before it paid, and paying elsewhere. */
export const rollBack: Act = async (world, random) => {
  const plan = pickThief(world, random);
  if (plan === undefined) return 'no thief';
  const phone = world.phoneOf(plan.account);
  const image = imageOf(phone.disk);
  const lines: string[] = [];
  for (const isSecond of [false, true]) {
    if (isSecond) await putBack(world, phone, image);
    const payee = world.phoneOf(pickPayee(world, random, plan.account).account);
    lines.push(await tradeBetween(world, random, { payer: phone, payee }));
  }
  world.counters.count('thief.roll-back');
  return `${phone.name}: ${lines.join('; ')}`;
};

/** One sequence signed twice for two live requests, shown at once, handed in by their payees. */
export const doubleSpend: Act = async (world, random) => {
  const purse = await purseOfThief(world, random);
  if (typeof purse === 'string') return purse;
  const lines: string[] = [];
  for (let showing = 0; showing < random.between(2, 3); showing += 1) {
    const payee = world.phoneOf(pickPayee(world, random, purse.account).account);
    const amountMinor = BigInt(random.between(1, 3_000));
    const request = await readRequest(payee, amountMinor);
    if (request === undefined) continue;
    const counted = honestNext(purse, amountMinor);
    const packet = await signRaw(world, random, { purse, to: addressedTo(request), counted });
    lines.push(`${payee.name} ${await present(world, { request, payee, packet })}`);
    world.later(random.between(1, 2 * HOUR), 'payee syncs', () => syncPhone(world, payee));
  }
  world.counters.count('thief.double-spend');
  return `${short(purse.account)}: ${lines.join(', ')}`;
};
