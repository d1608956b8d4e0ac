import { availableParallelism } from 'node:os';
import { startRoundRobin } from './bank/round-robin.ts';
import type { BankProcess } from './bank/start.ts';
import { startBankProcess, startSecondNode } from './bank/start.ts';
import type { Row, Series } from './figures.ts';
import { createSeries } from './figures.ts';
import { openIntakes, warmIntakes } from './intakes/samples.ts';
import type { IntakeScene } from './intakes/samples.ts';
import type { Lifetime } from './lifetime.ts';
import { openAccounts } from './logins.ts';
import type { Options } from './options.ts';
import type { Say } from './progress.ts';
import type { Plan } from './plan.ts';
import { planFor } from './plan.ts';
import { createServerPool } from './pool.ts';
import { createProcessorClock } from './processor-time.ts';
import type { ProcessorSeconds } from './processor-time.ts';
import type { Poster } from './posting.ts';
import { createPoster } from './posting.ts';
import { slotsOf, untilSequenced } from './samples.ts';
import type { Measured } from './samples.ts';
import { handIn, IN_FLIGHT } from './settlement.ts';
import { createNodeCeiling, opensslRate } from './signatures.ts';
import { checkBooks } from './town/books.ts';
import type { Payer } from './town/people.ts';
import { openPayers } from './town/people.ts';
import type { Lane } from './town/payments.ts';
import { bodiesOf, lanesOf, signPayments, toMany } from './town/payments.ts';
import type { Owner } from './town/store.ts';
import * as store from './town/store.ts';
import type { Tpcb } from './tpcb.ts';
import { createTpcb } from './tpcb.ts';
import { openKeyPayers } from './town/wallet-keys.ts';
import type { KeyPayer } from './town/wallet-keys.ts';
import { transferOnline } from './transfers.ts';

/** A bank that runs, with people who can pay. */
export interface Scene {
  readonly plan: Plan;
  readonly bank: BankProcess;
  readonly owner: Owner;
  readonly tpcb: Tpcb;
  readonly lanes: readonly Lane[];
  readonly payers: readonly Payer[];
  /** By lane; none where nobody wants the figure. */
  readonly keyPayers: readonly (readonly KeyPayer[])[];
  /** None where nobody wants their figures. */
  readonly intakes: IntakeScene | undefined;
  /** Who signs in; nobody where nobody wants the figures. */
  readonly emails: readonly string[];
  readonly poster: Poster;
  /** Where two nodes on the one database answer in turn; none where nobody wants the figure. */
  readonly twoNodes: string | undefined;
  /** None where the system does not count it. */
  readonly processor: (() => ProcessorSeconds) | undefined;
  /** Payments that were answered `settled` for the first time. */
  settled: number;
}

export interface Run {
  readonly options: Options;
  readonly lifetime: Lifetime;
  readonly isWanted: (name: string) => boolean;
  readonly say: Say;
}

/** Signatures, database, settlement, posting, transfers: the rounds, and what they found. */
export async function measureBanking(run: Run): Promise<readonly Row[]> {
  const { options, isWanted, say } = run;
  const plan = planFor(options, isWanted);
  const signatures = plan.signatures ? await createSignatureSamples(run) : undefined;
  const scene = plan.bank ? await open(run, plan) : undefined;
  const samples = scene === undefined ? undefined : slotsOf(scene);
  for (let round = 1; round <= options.rounds; round += 1) {
    say(`Round ${round} of ${options.rounds}.`);
    const verifyRate = await signatures?.sample();
    if (scene === undefined || samples === undefined) continue;
    for (const slot of samples.slots) {
      const measures = [];
      for (const prepare of slot) measures.push(await prepare({ round, verifyRate }));
      await measureSlot(scene, samples.tpcb, measures);
    }
  }
  if (scene !== undefined) await checkBooks(scene.owner, scene.settled, say);
  const rows = [...(signatures?.rows() ?? []), ...(samples?.rows() ?? [])];
  return rows.filter(({ figure }) => isWanted(figure.name));
}

/** Between two samples of the baseline, so that a change of the machine's mood shows in both. */
async function measureSlot(
  scene: Scene,
  series: Series,
  measures: readonly (() => Promise<readonly Measured[]>)[],
): Promise<void> {
  const before = await scene.tpcb.rate(scene.plan.tpcbSeconds);
  const results: Measured[] = [];
  for (const measure of measures) {
    results.push(...(await measure()));
    await untilSequenced(scene);
  }
  const after = await scene.tpcb.rate(scene.plan.tpcbSeconds);
  const tpcb = (before + after) / 2;
  series.add(tpcb);
  for (const { series: own, value, against } of results) {
    own.add(value, against === 'tpcb' ? tpcb : against);
  }
}

const CORES = availableParallelism();

async function createSignatureSamples({ options, lifetime }: Run) {
  const { seconds } = options;
  const ceiling = await createNodeCeiling(lifetime);
  const unit = 'per s';
  const openssl = createSeries({
    name: 'signatures/openssl-verify',
    unit,
    beside: `ES256, openssl speed, ${CORES} processes`,
  });
  const node = createSeries({
    name: 'signatures/node-verify',
    unit,
    beside: 'ES256, 1000 in flight; baseline: openssl speed',
  });
  await ceiling(seconds / 4);
  return {
    /** The rate that settlement is compared with. */
    sample: async () => {
      const fastest = await opensslRate({ cores: CORES, seconds }, lifetime);
      const ours = await ceiling(seconds);
      node.add(ours, fastest);
      if (fastest !== undefined) openssl.add(fastest);
      return fastest ?? ours;
    },
    rows: () => [openssl.row(), node.row()].filter((row) => row !== undefined),
  };
}

async function open({ lifetime, say }: Run, plan: Plan): Promise<Scene> {
  say('Starting a bank on an embedded PostgreSQL in a temporary folder.');
  const bank = await startBankProcess(lifetime);
  const owner = await store.connectOwner(bank.databaseUrl);
  lifetime.add(() => owner.end());
  const { version, fsync, commit } = await store.serverFacts(owner);
  say(`PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commit}.`);
  const tpcb = await createTpcb(bank.databaseUrl, lifetime);
  say(`Baseline tpcb-like: ${tpcb.by}; scale 10, 8 clients.`);
  const count = plan.payersPerLane * IN_FLIGHT;
  say(`Opening ${count} payers, each with a device and an allowance.`);
  const payers = await openPayers({ owner, bank, count });
  await store.analyze(owner);
  const lanes = lanesOf(payers, IN_FLIGHT);
  const keyPayers = plan.walletKeys ? await openKeyPayers(owner, lanes) : [];
  const at = { owner, url: bank.url };
  const intakes = plan.intakes.length > 0 ? await openIntakes(at, lanes) : undefined;
  const emails = plan.logins ? await openAccounts(bank, owner) : [];
  const pool = createServerPool(bank.databaseUrl, IN_FLIGHT);
  lifetime.add(() => pool.close());
  const poster = await createPoster(pool, bank.url);
  const people = { lanes, payers, keyPayers, intakes, emails };
  const processor = await createProcessorClock(bank.pid, owner);
  const twoNodes = plan.twoNodes ? await openTwoNodes(lifetime, bank) : undefined;
  const scene = { plan, bank, owner, tpcb, ...people, poster, processor, twoNodes };
  return warm({ ...scene, settled: 0 }, say);
}

async function openTwoNodes(lifetime: Lifetime, bank: BankProcess): Promise<string> {
  const second = await startSecondNode(lifetime, bank);
  return startRoundRobin(lifetime, [bank.url, second.url]);
}

/** The first payment of each allowance costs a signature more, and every code path a compile. */
async function warm(scene: Scene, say: Run['say']): Promise<Scene> {
  say('Warming up.');
  const { lanes, plan, bank, payers, twoNodes } = scene;
  for (const url of [bank.url, ...(twoNodes === undefined ? [] : [twoNodes])]) {
    const work = [];
    for (const lane of lanes) {
      const packets = await signPayments(lane, plan.warmPerLane, toMany);
      work.push({ lane, packets, bodies: bodiesOf(packets, plan.warmPerLane) });
    }
    const { settled } = await handIn(url, work);
    scene.settled += settled;
  }
  await warmIntakes(scene);
  await transferOnline(bank.url, payers, { seconds: 0.1, run: 0 });
  await untilSequenced(scene);
  return scene;
}
