import { judge, open, qrText, seal, webCryptoVerifier } from '@sikka/protocol';
import type { Suite, Verifier } from '@sikka/protocol';
import QRCode from 'qrcode';
import type { Encounter } from './encounter.ts';
import { createEncounter, NOW, tillVerifier } from './encounter.ts';
import type { Row, Series } from './figures.ts';
import { createSeries } from './figures.ts';
import type { Options } from './options.ts';
import { paymentPacket } from './sizes.ts';

const SUITES = ['ES256', 'EdDSA', 'PS256'] as const satisfies readonly Suite[];
const ACTS = ['create', 'verify', 'judge', 'qr-encode'] as const;
type Act = (typeof ACTS)[number];

/** As many payers as a till forgets between two visits of one. */
const ENCOUNTERS = 16;
/** The desktop's; a phone is given six times that (docs/performance.md). */
const GOAL_MS = 5;

const BESIDE: Readonly<Record<Act, string>> = {
  create: 'baseline: one WebCrypto signature',
  verify: 'baseline: one WebCrypto verification',
  judge: 'baseline: one WebCrypto verification',
  'qr-encode': 'sealed payment, matrix only',
};

export const PHONE_NAMES = SUITES.flatMap((suite) =>
  ACTS.map((act) => `phone/${act}-${suite.toLowerCase()}`),
);

/** What the two phones compute, in milliseconds each, with the code that runs in browsers. */
export async function measurePhone(
  { seconds, rounds }: Options,
  isWanted: (name: string) => boolean,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const suite of SUITES) {
    const named = (act: Act) => `phone/${act}-${suite.toLowerCase()}`;
    if (!ACTS.some((act) => isWanted(named(act)))) continue;
    const acts = await prepare(suite);
    const series = new Map(ACTS.map((act) => [act, seriesOf(act, named(act))]));
    // A tenth of a sample each: eight acts and baselines, three suites, several rounds.
    const sampleMs = seconds * 100;
    await runOnce(acts, series, sampleMs / 4);
    for (const one of ACTS) series.set(one, seriesOf(one, named(one)));
    for (let round = 0; round < rounds; round += 1) await runOnce(acts, series, sampleMs);
    rows.push(...ACTS.flatMap((act) => series.get(act)?.row() ?? []));
  }
  return rows.filter(({ figure }) => isWanted(figure.name));
}

function seriesOf(act: Act, name: string): Series {
  const goal = act === 'create' || act === 'verify' ? { goal: { atMost: GOAL_MS } } : {};
  return createSeries({ name, unit: 'ms', beside: BESIDE[act], ...goal });
}

interface Acts extends Readonly<Record<Act, (turn: number) => Promise<unknown>>> {
  readonly sign: (turn: number) => Promise<unknown>;
  readonly check: (turn: number) => Promise<unknown>;
}

async function runOnce(acts: Acts, series: ReadonlyMap<Act, Series>, ms: number): Promise<void> {
  const sign = await meanMs(acts.sign, ms);
  series.get('create')?.add(await meanMs(acts.create, ms), sign);
  const check = await meanMs(acts.check, ms);
  series.get('verify')?.add(await meanMs(acts.verify, ms), check);
  series.get('judge')?.add(await meanMs(acts.judge, ms), check);
  series.get('qr-encode')?.add(await meanMs(acts['qr-encode'], ms));
}

/** One after the other, as a phone does it. */
async function meanMs(act: (turn: number) => Promise<unknown>, ms: number): Promise<number> {
  const began = performance.now();
  let turns = 0;
  let elapsed = 0;
  while (elapsed < ms) {
    await act(turns);
    turns += 1;
    elapsed = performance.now() - began;
  }
  return elapsed / turns;
}

interface Shown {
  readonly encounter: Encounter;
  readonly packet: Uint8Array;
  readonly sealed: Uint8Array;
}

async function prepare(suite: Suite): Promise<Acts> {
  const shown: Shown[] = [];
  for (let i = 0; i < ENCOUNTERS; i += 1) shown.push(await show(await createEncounter(suite)));
  const at = (turn: number): Shown => {
    const found = shown[turn % ENCOUNTERS];
    if (found === undefined) throw new Error('No encounter.');
    return found;
  };
  const verifier = tillVerifier();
  const message = new TextEncoder().encode('as long as what is signed'.repeat(9));
  const first = at(0).encounter.payer;
  const signature = await first.sign(message);
  return {
    sign: () => first.sign(message),
    check: () => webCryptoVerifier.verify(suite, first.publicKey, message, signature),
    create: (turn) => show(at(turn).encounter),
    verify: (turn) => openAndJudge(at(turn), verifier),
    judge: (turn) => judgeShown(at(turn), at(turn).packet, verifier),
    'qr-encode': async (turn) =>
      QRCode.create(qrText(at(turn).sealed), { errorCorrectionLevel: 'M' }),
  };
}

/** The payer's part: sign, encode, seal. */
async function show(encounter: Encounter): Promise<Shown> {
  const packet = await paymentPacket(encounter);
  const { agreement, target } = encounter;
  const sealed = await seal(packet, { ecdhKey: agreement.publicKey, bind: target.bind });
  return { encounter, packet, sealed };
}

/** The payee's part: open, then all rules of spec/judge.md §2. */
async function openAndJudge(shown: Shown, verifier: Verifier): Promise<void> {
  const { agreement, target } = shown.encounter;
  const opened = await open(shown.sealed, { ...agreement, bind: target.bind });
  if (!opened.ok) throw new Error(opened.detail);
  await judgeShown(shown, opened.value, verifier);
}

async function judgeShown(
  { encounter: { issuers, target } }: Shown,
  packet: Uint8Array,
  verifier: Verifier,
): Promise<void> {
  const context = { as: 'payee', target, bankTime: NOW, known: {} } as const;
  const verdict = await judge(packet, { ...context, issuers, verifier });
  if (!verdict.ok) throw new Error(`${verdict.code}: ${verdict.detail}`);
}
