/**
 * `npm run bench:soak`: full load for minutes. Whether the bank's memory stays as it is, how many
 * payments settle meanwhile, and where its thread spends its time.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Memory } from '../bank/messages.ts';
import type { BankProcess } from '../bank/start.ts';
import { startBankProcess } from '../bank/start.ts';
import type { Row } from '../figures.ts';
import { handIn, IN_FLIGHT } from '../settlement.ts';
import type { Lifetime } from '../lifetime.ts';
import { withLifetime } from '../lifetime.ts';
import type { Say } from '../progress.ts';
import { startProgress } from '../progress.ts';
import { jsonOf, tableOf } from '../report.ts';
import { untilSequenced } from '../samples.ts';
import { median } from '../statistics.ts';
import { checkBooks } from '../town/books.ts';
import type { Lane } from '../town/payments.ts';
import { bodiesOf, lanesOf, roomOf, signPayments, toMany } from '../town/payments.ts';
import { ALLOWANCE_COUNT, openPayers } from '../town/people.ts';
import type { Written } from '../town/store.ts';
import { analyze, bytesWritten, connectOwner } from '../town/store.ts';
import { drawFlameGraph } from './flame-graph.ts';

/** What two cores settle while they sign as well, and some more; faster ones end sooner. */
const MOST_PER_SECOND = 7_000;
const LOOK_MS = 2_000;
/** Caches fill and code is compiled; then it should stay. */
const WARM_MS = 60_000;
const PROFILED_SECONDS = 20;
/** settlement.md: "memory flat over ten minutes at full load". */
const FLAT = 1.1;
const UPLOAD = 1_000;
const MIB = 1_048_576;

const USAGE = `npm run bench:soak -- [--minutes N] [--flame FILE] [--json]

  --minutes  of load, 2 to 60 (10)
  --flame    where to write a flame graph of the bank's thread, as an SVG
  --json     the last line of standard output is one JSON array of all figures`;

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, flame: { type: 'string' }, json: { type: 'boolean' } },
});
const minutes = Number(values.minutes ?? 10);
if (minutes >= 2 && minutes <= 60) {
  const rows = await withLifetime(measure);
  console.log(`\n${tableOf(rows)}`);
  if (values.json === true) console.log(jsonOf(rows));
} else {
  console.error(USAGE);
  process.exitCode = 2;
}

async function measure(lifetime: Lifetime): Promise<readonly Row[]> {
  const say = startProgress();
  const bank = await startBankProcess(lifetime);
  const owner = await connectOwner(bank.databaseUrl);
  lifetime.add(() => owner.end());
  const each = Math.ceil((minutes * 60 * MOST_PER_SECOND) / (ALLOWANCE_COUNT - 1) / IN_FLIGHT);
  const perLane = Math.max(each, UPLOAD);
  say(`Opening ${perLane * IN_FLIGHT} payers, each with a device and an allowance.`);
  const payers = await openPayers({ owner, bank, count: perLane * IN_FLIGHT });
  await analyze(owner);
  const lanes = lanesOf(payers, IN_FLIGHT);
  say(`${minutes} minutes of load: ${IN_FLIGHT} uploads of ${UPLOAD} at once.`);
  const before = await bytesWritten(owner);
  const load = startLoad(bank, lanes, minutes * 60_000);
  const looks = await watch(bank, load, say);
  const { settled, seconds } = await load.ended;
  if (seconds < minutes * 60) say('The load ended sooner: every allowance is used up.');
  await untilSequenced({ owner });
  const after = await bytesWritten(owner);
  await checkBooks(owner, settled, say);
  const rate: Row = {
    figure: { name: 'soak/rate', value: settled / seconds, unit: 'per s' },
    beside: `over ${Math.round(seconds)} s, their signing on the same cores`,
  };
  return [rate, ...memoryRows(looks), ...diskRows({ before, after, settled })];
}

interface Load {
  readonly settled: () => number;
  readonly isOver: () => boolean;
  readonly ended: Promise<{ readonly settled: number; readonly seconds: number }>;
}

/** Each lane signs an upload and hands it in, again and again, while all of them can. */
function startLoad(bank: BankProcess, lanes: readonly Lane[], forMs: number): Load {
  const began = performance.now();
  const goesOn = () =>
    performance.now() - began < forMs && lanes.every((lane) => roomOf(lane) >= UPLOAD);
  let settled = 0;
  let over = false;
  const work = async (lane: Lane) => {
    while (goesOn()) {
      const packets = await signPayments(lane, UPLOAD, toMany);
      const done = await handIn(bank.url, [{ lane, packets, bodies: bodiesOf(packets, UPLOAD) }]);
      settled += done.settled;
    }
  };
  const ended = Promise.all(lanes.map(work)).then(() => ({
    settled,
    seconds: (performance.now() - began) / 1_000,
  }));
  const end = () => {
    over = true;
  };
  ended.then(end, end);
  return { settled: () => settled, isOver: () => over, ended };
}

interface Look extends Memory {
  readonly ms: number;
}

async function watch(bank: BankProcess, load: Load, say: Say): Promise<readonly Look[]> {
  const began = performance.now();
  const looks: Look[] = [];
  let [told, profiled] = [0, values.flame === undefined];
  while (!load.isOver()) {
    await pause(LOOK_MS);
    const ms = performance.now() - began;
    const memory = await bank.memory();
    looks.push({ ms, ...memory });
    if (ms >= (told + 1) * 60_000) {
      told += 1;
      const mib = (bytes: number) => Math.round(bytes / MIB);
      const { rss, heapUsed, external } = memory;
      const held = `MiB: ${mib(rss)} resident, ${mib(heapUsed)} heap, ${mib(external)} buffers`;
      say(`Minute ${told}: ${load.settled()} settled; ${held}.`);
    }
    if (!profiled && ms > WARM_MS) {
      profiled = true;
      await writeFlameGraph(bank, say);
    }
  }
  return looks;
}

async function writeFlameGraph(bank: BankProcess, say: Say): Promise<void> {
  const { flame: file = '' } = values;
  const profile = await bank.profile(PROFILED_SECONDS);
  const what = `The bank's thread for ${PROFILED_SECONDS} s, four uploads of 1000 under way`;
  await writeFile(file, drawFlameGraph(profile, what));
  say(`Wrote ${file}.`);
}

function memoryRows(looks: readonly Look[]): readonly Row[] {
  const warm = looks.filter(({ ms }) => ms >= WARM_MS && ms < 2 * WARM_MS);
  const lastMs = looks.at(-1)?.ms ?? 0;
  const last = looks.filter(({ ms }) => ms > lastMs - WARM_MS);
  const rowOf = (what: keyof Memory, says: string): Row => {
    const [baseline, value] = [warm, last].map((some) => {
      return median(some.map((look) => look[what] / MIB));
    });
    if (baseline === undefined || value === undefined) throw new Error('Nothing was looked at.');
    const figure = { name: `soak/${what}`, value, unit: 'MiB', baseline, ratio: value / baseline };
    return { figure, beside: `${says}, last minute; baseline: the second minute` };
  };
  const memory = rowOf('rss', 'resident');
  const { ratio: growth = Number.NaN } = memory.figure;
  return [
    memory,
    rowOf('heapUsed', 'in use by JavaScript'),
    rowOf('external', 'held for JavaScript by others'),
    {
      figure: { name: 'soak/memory-growth', value: growth, unit: '×' },
      goal: { atMost: FLAT },
      beside: 'of what is resident',
    },
  ];
}

function diskRows({
  before,
  after,
  settled,
}: {
  readonly before: Written;
  readonly after: Written;
  readonly settled: number;
}): readonly Row[] {
  const each = (what: keyof Written) => (after[what] - before[what]) / settled;
  return [
    {
      figure: { name: 'soak/wal', value: each('wal'), unit: 'bytes' },
      beside: 'write-ahead log of a payment, with its upload, log and audit',
    },
    {
      figure: { name: 'soak/disk', value: each('disk'), unit: 'bytes' },
      beside: 'tables and indexes of a payment, with the same',
    },
  ];
}
