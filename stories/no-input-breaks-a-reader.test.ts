import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCorpus } from './fuzz/corpus.ts';
import { describeFinding, fuzz, tried } from './fuzz/engine.ts';
import type { Finding } from './fuzz/engine.ts';
import { seeded } from './fuzz/random.ts';
import type { Target } from './fuzz/target.ts';
import { requireSameBytes } from './fuzz/target.ts';
import { TARGETS } from './fuzz/targets/index.ts';

/** All of them together read new inputs for some seconds; `npm run fuzz` reads for minutes. */
const SLICE_MS = 300;
const MOST_SEED = 2 ** 32;
const PATIENCE_MS = 240_000;
/** Stretching a code takes as long as all else here: once is enough where it is only read again. */
const MOST_OF_BACKUPS = 2;

const shown = (finding: Finding | undefined): string => (finding ? describeFinding(finding) : '');

describe.each(TARGETS)('$name', (target) => {
  test(
    'what earlier runs kept is read, and keeps every promise',
    async () => {
      const kept = readCorpus(target.name);
      for (const input of target.name === 'backup' ? kept.slice(0, MOST_OF_BACKUPS) : kept) {
        const outcome = await tried(target, input);
        expect(shown('finding' in outcome ? outcome.finding : undefined)).toBe('');
      }
    },
    PATIENCE_MS,
  );

  test(
    'what nobody has read before is read, and keeps every promise',
    async () => {
      const seed = randomInt(MOST_SEED);
      const end = performance.now() + SLICE_MS;
      const until = () => performance.now() >= end;
      const corpus = target.name === 'backup' ? [] : readCorpus(target.name);
      const { finding, inputs } = await fuzz({ target, corpus, until, random: seeded(seed) });
      expect(shown(finding), `npm run fuzz -- --target ${target.name} --seed ${seed}`).toBe('');
      expect(inputs).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});

test(
  'twice the input costs twice the steps',
  async () => {
    const program = join(import.meta.dirname, 'fuzz/main.ts');
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', program, '--growth'], {
      cwd: import.meta.dirname,
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, said).toBe(0);
    const growing = TARGETS.flatMap(({ growing: inputs = {} }) => Object.keys(inputs));
    expect(said.split('\n').filter((line) => line.includes('in proportion'))).toHaveLength(
      growing.length,
    );
  },
  PATIENCE_MS,
);

describe('the fuzzer finds', () => {
  const reader: Target = {
    name: 'a reader with a fault',
    shape: 'bytes',
    seeds: () => [new Uint8Array(8)],
    maxBytes: 8,
    read: (input) => {
      if (input[0] === 0x18 && (input[1] ?? 0) > 0x10) throw new Error('a fault');
      if (input[0] === 0x40) requireSameBytes(new Uint8Array(1), input);
      return input[0] === 0x18 ? 'near' : 'far';
    },
  };

  test('a reader that throws, or has two forms of one thing', async () => {
    const found = new Set<string>();
    for (let seed = 1; seed <= 40 && found.size < 2; seed += 1) {
      let left = 200_000;
      const until = () => (left -= 1) <= 0;
      const run = { target: reader, corpus: [], until, random: seeded(seed) };
      const { finding } = await fuzz(run);
      if (finding !== undefined) found.add(finding.what.split(/[\n,]/)[0] ?? '');
    }
    expect([...found].toSorted()).toEqual([
      'Broken: one form of what was accepted',
      'Error: a fault',
    ]);
  });
});
