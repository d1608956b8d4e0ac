import { audit } from '@sikka/auditor';
import { createAsking, findPayment } from './asking.ts';
import type { Asking, Wish } from './asking.ts';
import { createChecker } from './checker.ts';
import type { Counts } from './checker.ts';
import { openGround, startCluster } from './cluster.ts';
import type { Cluster, ClusterOptions, Ground } from './cluster.ts';
import { createFaults, KILLS, OTHERS, patiently, until } from './faults.ts';
import type { FaultName } from './faults.ts';
import type { Violation } from './history.ts';
import { settlePeople } from './people.ts';
import type { Person } from './people.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { createRecorder } from './recorder.ts';
import type { Recorder } from './recorder.ts';
import { look, readWaiting } from './snapshot.ts';
import { readListed } from './listed.ts';
import { startWorkload } from './workload.ts';

export interface RunOptions extends ClusterOptions {
  readonly seed: number;
  /** What goes wrong, in this order; what cannot be brought about here is left out. */
  readonly plan: readonly FaultName[];
  /** Milliseconds that a person rests between two wishes, at least. */
  readonly restMs: number;
  /** Of what was acknowledged, so much is asked for again at the end. */
  readonly mostAgain: number;
  /** Told of each fault when it is over, and of what the embedded server says of itself. */
  readonly report: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  /** What could not be brought about here, and why. */
  readonly leftOut: readonly string[];
  readonly counts: Counts;
  /** Asked again at the end under the same keys: all that nobody knew of, and what was known. */
  readonly askedAgain: number;
  readonly violations: readonly Violation[];
  /** What an auditor finds wrong. */
  readonly audited: readonly string[];
}

/**
 * Two nodes and some workers on one database, people who move money at all of them, and one fault
 * after the other; then everything heals, comes to rest, and is looked at.
 */
export async function runFaults(options: RunOptions): Promise<RunResult> {
  const { report } = options;
  const ground = await openGround((line) => report(`  ${line}`));
  try {
    const people = await settlePeople(ground);
    const cluster = await startCluster(ground, options);
    try {
      return await play(options, { ground, people, cluster });
    } finally {
      await cluster.stop();
    }
  } finally {
    await ground.close();
  }
}

interface Stage {
  readonly ground: Ground;
  readonly people: readonly Person[];
  readonly cluster: Cluster;
}

async function play(options: RunOptions, stage: Stage): Promise<RunResult> {
  const { seed, report } = options;
  const { postgres, disk } = stage.ground;
  const checker = createChecker(await look(postgres.url));
  const recorder = createRecorder(checker);
  const random = (name: string) => createRandom(seed, name);
  const { nodes } = stage.cluster;
  const asking = createAsking({ nodes, recorder });
  const { people } = stage;
  const { restMs } = options;
  const count = nodes.length;
  const workload = startWorkload({ people, nodes: count, asking, recorder, random, restMs });
  const faults: Partial<Record<FaultName, number>> = {};
  try {
    const dice = random('faults');
    const goOn = (movements: number) => untilTold(asking, count, movements);
    const bring = createFaults({ ...stage, random: dice, goOn });
    for (const name of options.plan) {
      if (name === 'disk' && !disk.ok) continue;
      await goOn(1 + dice.below(8));
      const what = await bring[name]();
      // Every node answers again.
      await goOn(1);
      await recorder.see(() => patiently(() => look(postgres.url)));
      faults[name] = (faults[name] ?? 0) + 1;
      const { acknowledged, wrong } = checker.counts();
      report(`${name.padEnd(12)} ${what}; ${acknowledged} acknowledged so far, ${wrong} wrong`);
    }
  } finally {
    await workload.stop();
  }
  await untilQuiet(postgres.url);
  await recorder.see(() => look(postgres.url));
  const askedAgain = await askAgain(asking, recorder, { nodes: count, ...options });
  await untilQuiet(postgres.url);
  await recorder.see(() => look(postgres.url));
  const listed = await readListed(people, asking, recorder);
  const { checks } = await audit({ databaseUrl: postgres.url });
  return {
    ...{ seed, faults, leftOut: disk.ok ? [] : [`disk: ${disk.reason}`] },
    ...{ counts: checker.counts(), askedAgain, violations: [...checker.end(), ...listed] },
    audited: checks.filter(({ ok }) => !ok).map((check) => JSON.stringify(check)),
  };
}

/** So many kills in any order, the first of each kind, with the other faults between them. */
export function planOf(kills: number, random: Random): readonly FaultName[] {
  const plan: FaultName[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    plan.push(KILLS[kill] ?? random.pick(KILLS));
    const other = OTHERS[kill % (2 * OTHERS.length)];
    if (other !== undefined) plan.push(other);
  }
  return plan;
}

/** By every node, so many movements more. */
async function untilTold(asking: Asking, nodes: number, movements: number): Promise<void> {
  const places = Array.from({ length: nodes }, (_, place) => place);
  const before = places.map((place) => asking.acknowledged(place));
  await until(async () =>
    places.every((place) => asking.acknowledged(place) >= (before[place] ?? 0) + movements),
  );
}

async function untilQuiet(databaseUrl: string): Promise<void> {
  let waiting: readonly string[] = [];
  await until(async () => {
    waiting = await patiently(() => readWaiting(databaseUrl));
    return waiting.length === 0;
  }).catch((error: unknown) => {
    throw new Error(`It does not come to rest: ${waiting.slice(0, 5).join('; ')}.`, {
      cause: error,
    });
  });
}

/** What nobody knows of, until somebody knows; and of the rest, whether the answer is the same. */
async function askAgain(
  asking: Asking,
  recorder: Recorder,
  { nodes, mostAgain }: Pick<RunOptions, 'mostAgain'> & { readonly nodes: number },
): Promise<number> {
  const all = [...asking.asked.values()];
  const known = all.filter(({ told }) => told === 'ok').slice(-mostAgain);
  const unknown = all.filter(({ told }) => told === 'info' || told === 'stored');
  for (const [index, { wish }] of [...unknown, ...known].entries()) {
    await until(async () => {
      const told = await asking.ask(wish, index % nodes);
      return told === 'ok' || told === 'fail';
    });
    await findAgain(asking, recorder, wish);
  }
  return unknown.length + known.length;
}

/** By the payee, at the other node. */
async function findAgain(asking: Asking, recorder: Recorder, wish: Wish): Promise<void> {
  const { ask, movement } = wish;
  if (ask.kind !== 'payment') return;
  const client = asking.client(ask.payee, 1);
  await recorder.find(movement.id, () => findPayment(client, movement.id));
}
