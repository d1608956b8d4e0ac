import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLAIMS } from './table.ts';
import type { Claim, LifeRun } from './table.ts';

const models = join(import.meta.dirname, '../../spec/models/spin');
/** Deeper than any run of the model goes; one that is cut short is no result. */
const DEPTH = '-m10000';
/** Places for states at the start, as a power of two: it grows with them. */
const PLACES = '-w20';
const MOST_OUTPUT_BYTES = 64 * 1_024 * 1_024;

/** Whether a program is on this machine. */
export function isInstalled(program: 'spin' | 'cc'): boolean {
  const asked = spawnSync(program, [program === 'spin' ? '-V' : '--version'], { stdio: 'ignore' });
  return asked.status === 0;
}

export interface LifeResult {
  /** The claim whose assertion failed; undefined: all hold. */
  readonly broken: Claim | undefined;
  /** What Spin printed of the assertion. */
  readonly assertion: string | undefined;
  readonly states: number;
  /** Every state was visited: nothing was cut short. */
  readonly isWhole: boolean;
}

/** The compiled models, in a folder of their own. */
export interface Models {
  life(run: Pick<LifeRun, 'weak' | 'payer' | 'documents'>): LifeResult;
  lemma(mode: number, size: readonly string[]): { readonly holds: boolean; readonly said: string };
  remove(): void;
}

/** Compiles `lemma.c`, and `life.pml` where Spin is there. */
export function compileModels({ withSpin }: { readonly withSpin: boolean }): Models {
  const folder = mkdtempSync(join(tmpdir(), 'sikka-models-'));
  const made = (program: string, args: readonly string[]): void => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
  };
  made('cc', ['-O2', '-o', 'lemma', join(models, 'lemma.c')]);
  if (withSpin) {
    made('spin', ['-a', join(models, 'life.pml')]);
    // NOREDUCE: one process, of which nothing can be left out.
    const flags = ['-O1', '-w', '-DSAFETY', '-DCOLLAPSE', '-DNOREDUCE', '-DMEMLIM=6000'];
    made('cc', [...flags, '-o', 'pan', 'pan.c']);
  }
  return {
    life: ({ weak, payer, documents }) => {
      const env = { WEAK: `${weak}`, DOCS: `${documents}`, PAYER: payer === 'honest' ? '1' : '0' };
      // -E: an allowance whose payer signed nothing that a payee takes ends at once.
      const options = { cwd: folder, env, encoding: 'utf8', maxBuffer: MOST_OUTPUT_BYTES } as const;
      return resultOf(spawnSync(join(folder, 'pan'), [DEPTH, PLACES, '-E'], options).stdout);
    },
    lemma: (mode, size) => {
      const args = [...size, `${mode}`];
      const { status, stdout } = spawnSync(join(folder, 'lemma'), args, { encoding: 'utf8' });
      if (status !== 0 && status !== 1) throw new Error(`lemma ${args.join(' ')}: ${stdout}`);
      return { holds: status === 0, said: stdout.trim() };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function resultOf(said: string): LifeResult {
  const [, states] = /([0-9.e+]+) states, stored/.exec(said) ?? [];
  const [, errors] = /errors: ([0-9]+)/.exec(said) ?? [];
  if (states === undefined || errors === undefined) throw new Error(`Spin did not end: ${said}`);
  const [, assertion] = /assertion violated (.*) \(at depth/.exec(said) ?? [];
  if ((assertion === undefined) !== (errors === '0')) throw new Error(`Not an assertion: ${said}`);
  const broken = Object.entries(CLAIMS).find(([, text]) => assertion?.includes(text));
  return {
    broken: broken?.[0] as Claim | undefined,
    assertion,
    states: Number(states),
    isWhole: !/max search depth too small|Search not completed|out of memory/.test(said),
  };
}
