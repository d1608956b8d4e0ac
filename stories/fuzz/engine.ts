import { encodeBase64 } from '@sikka/protocol';
import type { Coverage } from './coverage.ts';
import { mutated } from './mutate.ts';
import type { Random } from './random.ts';
import type { Target } from './target.ts';

/** Inputs between two looks at the counters, which cost as much as some hundred inputs. */
const BATCH = 256;
/** No reader needs it on the busiest machine, a backup's code at the greatest cost included. */
const HANG_MS = 300_000;

/** An input that broke a promise, or with which a reader threw or hung. */
export interface Finding {
  readonly target: string;
  readonly input: Uint8Array;
  readonly what: string;
}

export interface FuzzRun {
  readonly target: Target;
  readonly random: Random;
  readonly corpus: readonly Uint8Array[];
  /** Without it nothing guides: every input that is answered in a new way is kept. */
  readonly coverage?: Coverage;
  readonly until: () => boolean;
}

export interface FuzzReport {
  readonly target: string;
  readonly inputs: number;
  readonly blocks: number;
  /** Ways in which inputs were answered. */
  readonly answers: number;
  /** Inputs that reached what none before them did. */
  readonly found: readonly Uint8Array[];
  readonly finding?: Finding;
}

/** Reads one input; what it threw is the finding. */
export async function tried(
  target: Target,
  input: Uint8Array,
): Promise<{ readonly said: string } | { readonly finding: Finding }> {
  try {
    return { said: await inTime(Promise.resolve(target.read(input.slice()))) };
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { finding: { target: target.name, input, what } };
  }
}

async function inTime(said: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer within five minutes.')), HANG_MS);
  });
  try {
    return await Promise.race([said, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Grows inputs from the seeds and the corpus until it is time, or one is a finding. */
export async function fuzz(run: FuzzRun): Promise<FuzzReport> {
  const { target, random, coverage, until } = run;
  const pool = [...(await target.seeds()), ...run.corpus];
  const seen = { blocks: new Set<string>(), answers: new Set<string>() };
  const found: Uint8Array[] = [];
  let inputs = 0;
  const report = (finding?: Finding): FuzzReport => {
    const counts = { inputs, blocks: seen.blocks.size, answers: seen.answers.size };
    return { target: target.name, ...counts, found, ...(finding && { finding }) };
  };
  let batch: Uint8Array[] = pool.slice();
  coverage?.take();
  for (let isSeeds = true; isSeeds || !until(); isSeeds = false) {
    const answered: Uint8Array[] = [];
    for (const input of batch) {
      const outcome = await tried(target, input);
      if ('finding' in outcome) return report(outcome.finding);
      inputs += 1;
      if (!seen.answers.has(outcome.said)) answered.push(input);
      seen.answers.add(outcome.said);
      if (!isSeeds && until()) break;
    }
    const ran = coverage?.take().blocks ?? new Set<string>();
    const isNew = [...ran].some((block) => !seen.blocks.has(block));
    const reached = isSeeds || !isNew ? [] : await whichReached(run, batch, seen.blocks);
    for (const block of ran) seen.blocks.add(block);
    if (!isSeeds) {
      const fresh = new Set([...answered, ...reached]);
      found.push(...fresh);
      pool.push(...fresh);
    }
    batch = nextBatch(run, pool, random);
  }
  return report();
}

/** What was found lately is changed more often: what it opened is not explored yet. */
function nextBatch({ target }: FuzzRun, pool: readonly Uint8Array[], random: Random) {
  const { shape, maxBytes } = target;
  const growth = { shape, maxBytes, others: pool };
  return Array.from({ length: BATCH }, () => {
    const from = random.once(3) ? pool.slice(-32) : pool;
    return mutated(random, random.pick(from), growth);
  });
}

/** Of a batch that reached new blocks, the inputs that did: the batch is halved until it is one. */
async function whichReached(
  run: FuzzRun,
  batch: readonly Uint8Array[],
  known: ReadonlySet<string>,
): Promise<readonly Uint8Array[]> {
  const reached: Uint8Array[] = [];
  const seen = new Set(known);
  const look = async (part: readonly Uint8Array[]): Promise<void> => {
    run.coverage?.take();
    for (const input of part) await tried(run.target, input);
    const fresh = [...(run.coverage?.take().blocks ?? [])].filter((block) => !seen.has(block));
    const [only] = part;
    if (fresh.length === 0 || only === undefined) return;
    if (part.length === 1) {
      reached.push(only);
      for (const block of fresh) seen.add(block);
      return;
    }
    const half = Math.ceil(part.length / 2);
    await look(part.slice(0, half));
    await look(part.slice(half));
  };
  await look(batch);
  return reached;
}

/** Of inputs the shortest that together reach and are answered all that all of them are. */
export async function fewest(
  target: Target,
  inputs: readonly Uint8Array[],
  coverage: Coverage,
): Promise<readonly Uint8Array[]> {
  const answers = new Set<string>();
  coverage.take();
  for (const seed of await target.seeds()) {
    const outcome = await tried(target, seed);
    if ('said' in outcome) answers.add(outcome.said);
  }
  const blocks = new Set(coverage.take().blocks);
  const kept: Uint8Array[] = [];
  for (const input of inputs.toSorted((one, other) => one.length - other.length)) {
    const outcome = await tried(target, input);
    const fresh = [...coverage.take().blocks].filter((block) => !blocks.has(block));
    const said = 'said' in outcome ? outcome.said : outcome.finding.what;
    if (fresh.length === 0 && answers.has(said)) continue;
    answers.add(said);
    for (const block of fresh) blocks.add(block);
    kept.push(input);
  }
  return kept;
}

/** Cut as short as it still breaks the same way, by leaving out ever smaller parts. */
export async function shortened(target: Target, { input, ...finding }: Finding): Promise<Finding> {
  const [first] = finding.what.split('\n');
  let shortest = input;
  for (let size = Math.ceil(input.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < shortest.length;) {
      const parts = [shortest.subarray(0, at), shortest.subarray(at + size)];
      const shorter = new Uint8Array(Buffer.concat(parts));
      const outcome = await tried(target, shorter);
      const isSame = 'finding' in outcome && outcome.finding.what.split('\n')[0] === first;
      if (isSame) shortest = shorter;
      else at += size;
    }
  }
  return { ...finding, input: shortest };
}

export function describeFinding({ target, input, what }: Finding): string {
  return `${target}: ${what}\n  the input in base64: ${encodeBase64(input)}`;
}
