/**
 * `npm run bench:growth`: what a payment costs while ever more are settled already. Its own command
 * because ten million rows take a while and some ten gigabytes.
 */
import { parseArgs } from 'node:util';
import { startBankProcess } from '../bank/start.ts';
import { createSeries } from '../figures.ts';
import type { Row } from '../figures.ts';
import type { Lifetime } from '../lifetime.ts';
import { withLifetime } from '../lifetime.ts';
import type { Say } from '../progress.ts';
import { startProgress } from '../progress.ts';
import { jsonOf, tableOf } from '../report.ts';
import { untilSequenced } from '../samples.ts';
import { handIn, IN_FLIGHT } from '../settlement.ts';
import type { Lane } from '../town/payments.ts';
import { bodiesOf, lanesOf, signPayments, toMany } from '../town/payments.ts';
import { openPayers } from '../town/people.ts';
import type { Owner } from '../town/store.ts';
import { connectOwner } from '../town/store.ts';
import type { Tpcb } from '../tpcb.ts';
import { createTpcb } from '../tpcb.ts';
import { growHistory } from './history.ts';

const FIRST = 10_000;
const MOST = 10_000_000;
const PAYERS_PER_LANE = 1_000;
const SAMPLES = 5;
const UPLOADS = 3;
const TPCB_SECONDS = 2;
/** settlement.md: "flat within 15 %". */
const FLAT = 0.85;

const USAGE = `npm run bench:growth -- [--to N] [--json]

  --to     settled payments at the end: ${FIRST} times a power of ten, at most ${MOST} (1000000)
  --json   the last line of standard output is one JSON array of all figures`;

const { values } = parseArgs({ options: { to: { type: 'string' }, json: { type: 'boolean' } } });
const to = Number(values.to ?? 1_000_000);
const sizes = [1, 10, 100, 1_000].map((times) => FIRST * times).filter((size) => size <= to);
if (sizes.at(-1) === to) {
  const rows = await withLifetime(measure);
  console.log(`\n${tableOf(rows)}`);
  if (values.json === true) console.log(jsonOf(rows));
} else {
  console.error(USAGE);
  process.exitCode = 2;
}

interface Town {
  readonly url: string;
  readonly owner: Owner;
  readonly tpcb: Tpcb;
  readonly lanes: readonly Lane[];
}

async function measure(lifetime: Lifetime): Promise<readonly Row[]> {
  const say = startProgress();
  const town = await open(lifetime, say);
  await settle(town);
  const rows: Row[] = [];
  let from = 0;
  let first: number | undefined;
  for (const size of sizes) {
    await growHistory(town.owner, { from, count: size, say });
    from = size;
    // What the new rows pushed out of memory comes back.
    await settle(town);
    const name = `growth/${size}`;
    const series = createSeries({ name, unit: 'per s', beside: '1000 an upload, 4 at once' });
    for (let sample = 1; sample <= SAMPLES; sample++) {
      say(`${size} settled before: sample ${sample} of ${SAMPLES}.`);
      await sampleOnce(town, series.add);
    }
    const row = series.row();
    if (row === undefined) continue;
    rows.push(row);
    const { ratio = NaN } = row.figure;
    first ??= ratio;
    if (size > FIRST) rows.push(comparison(size, ratio, first));
  }
  return rows;
}

function comparison(size: number, value: number, baseline: number): Row {
  const name = `growth/${size}-of-${FIRST}`;
  const figure = { name, value, unit: '× tpcb', baseline, ratio: value / baseline };
  return { figure, goal: { ratioAtLeast: FLAT }, beside: `baseline: at ${FIRST}` };
}

async function open(lifetime: Lifetime, say: Say): Promise<Town> {
  say('Starting a bank on an embedded PostgreSQL in a temporary folder.');
  const bank = await startBankProcess(lifetime);
  const owner = await connectOwner(bank.databaseUrl);
  lifetime.add(() => owner.end());
  const tpcb = await createTpcb(bank.databaseUrl, lifetime);
  const count = PAYERS_PER_LANE * IN_FLIGHT;
  say(`Opening ${count} payers, each with a device and an allowance.`);
  const payers = await openPayers({ owner, bank, count });
  return { url: bank.url, owner, tpcb, lanes: lanesOf(payers, IN_FLIGHT) };
}

/** Between two samples of the baseline, as all of the bench's figures. */
async function sampleOnce(
  town: Town,
  add: (value: number, baseline: number) => void,
): Promise<void> {
  const before = await town.tpcb.rate(TPCB_SECONDS);
  const rate = await settle(town);
  add(rate, (before + (await town.tpcb.rate(TPCB_SECONDS))) / 2);
}

async function settle(town: Town): Promise<number> {
  const work = [];
  for (const lane of town.lanes) {
    const packets = await signPayments(lane, UPLOADS * 1_000, toMany);
    work.push({ lane, packets, bodies: bodiesOf(packets, 1_000) });
  }
  const { perSecond } = await handIn(town.url, work);
  await untilSequenced(town);
  return perSecond;
}
