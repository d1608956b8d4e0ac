import { pickHonest } from './act.ts';
import type { Act } from './act.ts';
import type { World } from '../world.ts';
import type { OperatorAct } from '../bank/port.ts';

/** One round of the bank's worker. */
export const work: Act = async (world) => {
  return wordOf(await did(world, 'work', (bank) => bank.work()));
};

/** The bank's process dies at one of its next points, wherever that is. */
export const armBank: Act = async (world, random) => {
  const points = random.between(1, 30);
  world.armBank(points);
  return `in ${points}`;
};

export const restartBank: Act = async (world) => {
  world.counters.count('bank.restarted');
  return wordOf(await did(world, 'restart', (bank) => bank.restart()));
};

/** A key rotation, while payments and enrolments are under way. */
export const rotateKey: Act = async (world) => {
  return wordOf(await operate(world, { act: 'rotate-issuer-key' }));
};

export const issueBulletin: Act = async (world) => {
  return wordOf(await operate(world, { act: 'issue-bulletin' }));
};

/** Somebody reports a phone as lost. What it signed goes on being owed. */
export const loseDevice: Act = async (world, random) => {
  const { account } = pickHonest(world, random);
  const phone = world.phoneOf(account);
  const till = await phone.use(
    async ({ wallet }) => (await wallet.journal.read()).enrolment?.answer?.till,
  );
  if (till === undefined) return `${phone.name} is not enrolled`;
  const report = { act: 'revoke-device', account, till } as const;
  const isDone = await operate(world, report);
  // Whoever got no answer reports it again.
  const isKnown = isDone || (await operate(world, report));
  if (isKnown) world.recorder.lostTill(account, till);
  return wordOf(isDone);
};

/** An operator decides the cases that there are. */
export const decideCases: Act = async (world) => {
  const { proofs } = await world.bank.observe();
  const cases = proofs.slice(0, 3);
  for (const { id } of cases) await operate(world, { act: 'decide-case', proofId: id });
  return `${cases.length} cases`;
};

async function operate(world: World, act: OperatorAct): Promise<boolean> {
  return did(world, act.act, (bank) => bank.operate(act));
}

/** False where the bank died in it. */
async function did(
  world: World,
  name: string,
  work: Parameters<World['bankDoes']>[0],
): Promise<boolean> {
  const done = await world.bankDoes(work);
  world.counters.count(`operator.${name}${done ? '' : '.died'}`);
  return done;
}

function wordOf(done: boolean): string {
  return done ? 'done' : 'the bank died';
}
