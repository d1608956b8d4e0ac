import { pickHonest } from './act.ts';
import type { Act } from './act.ts';
import { imageOf, restoreJournal } from '../disk.ts';
import type { DiskImage } from '../disk.ts';
import { CLEAR } from '../network.ts';
import type { Phone, Process, WalletState } from '../phone.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

const HOUR = 3_600;
const DAY = 86_400;

/** A process that is killed between two verbs. */
export const killPhone: Act = async (world, random) => {
  const phone = world.phoneOf(random.pick(world.parties).account);
  phone.kill();
  world.counters.count('phone.killed');
  return phone.name;
};

/** A backup of the whole disk, put back after a while: the journal is behind what was signed. */
export const restoreBackup: Act = async (world, random) => {
  const plan = pickHonest(world, random);
  const phone = world.phoneOf(plan.account);
  const image = imageOf(phone.disk);
  world.later(random.between(HOUR, 4 * DAY), 'restore', async () => {
    // Whatever it signs before it meets the bank may contradict what it signed before.
    world.recorder.dishonest(plan.account);
    await putBack(world, phone, image);
    world.counters.count('phone.restored');
    return phone.name;
  });
  return phone.name;
};

/** A backup over a journal; notes what the phone no longer knows, and asks its witness. */
export async function putBack(world: World, phone: Phone, image: DiskImage): Promise<void> {
  const signedBy = ({ wallet }: Process) => wallet.journal.read().then(signaturesIn);
  const before = await phone.use(signedBy);
  phone.kill();
  restoreJournal(phone.disk, image);
  phone.shown.clear();
  phone.answered.clear();
  await phone.use(async (process) => {
    const { accepted, rolledBack } = await process.wallet.journal.read();
    world.recorder.lost(phone.name, new Set(accepted.keys()));
    const isBehind = before !== undefined && (await signedBy(process)) < before;
    if (!isBehind || phone.vault.witness === undefined) return;
    world.counters.count('phone.behind-its-witness');
    if (rolledBack !== undefined) return;
    const detail = `${phone.name} goes on with a journal that is behind its witness`;
    world.report({ invariant: 'roll-back-is-noticed', detail });
  });
}

/** How much it has signed that must not be signed otherwise. */
function signaturesIn({ given, allowances }: WalletState): number {
  return given.size + [...allowances.values()].filter(({ returned }) => returned).length;
}

/** Set forward or back by up to two days, or right. */
export const jumpClock: Act = async (world, random) => {
  const phone = world.phoneOf(random.pick(world.parties).account);
  if (random.chance(0.3)) {
    phone.clock.setRight();
    return `${phone.name} right`;
  }
  const seconds = random.between(-2 * DAY, 2 * DAY);
  phone.clock.jump(seconds);
  world.counters.count(seconds < 0 ? 'clock.back' : 'clock.forward');
  return `${phone.name} ${seconds}`;
};

/** The network of one phone turns bad for a while. */
export const turnWeather: Act = async (world, random) => {
  const phone = world.phoneOf(random.pick(world.parties).account);
  const share = () => (random.chance(0.5) ? random.below(40) / 100 : 0);
  const weather = { drop: share(), loseReply: share(), duplicate: share(), delay: share() };
  phone.link.weather = weather;
  world.later(random.between(HOUR, 3 * DAY), 'weather clears', async () => {
    phone.link.weather = CLEAR;
    return phone.name;
  });
  return `${phone.name} ${JSON.stringify(weather)}`;
};

/** Clogs a random part of the phones one by one, then unclogs them one by one, in another order. */
export const swizzleClog: Act = async (world, random) => {
  const phones = world.parties
    .filter(() => random.chance(0.5))
    .map(({ account }) => world.phoneOf(account));
  for (const phone of shuffled(random, phones)) clogSoon(world, phone, random.between(1, HOUR));
  let after = HOUR;
  for (const phone of shuffled(random, phones)) {
    after += random.between(1, random.chance(0.2) ? 6 * DAY : 6 * HOUR);
    world.later(after, 'unclog', async () => {
      phone.link.clogged = false;
      return phone.name;
    });
  }
  return phones.map(({ name }) => name).join(', ');
};

function clogSoon(world: World, phone: Phone, seconds: number): void {
  world.later(seconds, 'clog', async () => {
    phone.link.clogged = true;
    world.counters.count('phone.clogged');
    return phone.name;
  });
}

function shuffled<T>(random: Random, list: readonly T[]): readonly T[] {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0] as T);
}
