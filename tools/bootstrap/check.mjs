// @ts-check
/**
 * `npm run check`: everything that must hold before a change lands. Every step runs even when an
 * earlier one failed, so that one run shows all there is to repair.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { install } from './install.mjs';
import { root } from './run.mjs';

const modules = join(root, 'node_modules');
const tsx = ['--import', 'tsx'];

/** Each runs under this Node; the database schema is compared by a test of the bank.
 * @type {readonly { readonly name: string, readonly args: readonly string[] }[]} */
const steps = [
  { name: 'types', args: [join(modules, 'typescript/bin/tsc'), '--noEmit', '-p', '.'] },
  { name: 'lint', args: [join(modules, 'eslint/bin/eslint.js'), '.', '--max-warnings=0'] },
  {
    name: 'format',
    args: [join(modules, 'prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'],
  },
  { name: 'tidy', args: [...tsx, 'tools/tidy.ts'] },
  { name: 'vectors unchanged', args: [...tsx, 'tools/vectors.ts', '--check'] },
  { name: 'tests', args: ['tools/bootstrap/test.mjs'] },
];

await install();
const failed = [];
for (const { name, args } of steps) {
  const began = Date.now();
  console.log(`── ${name}`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`   ${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? 'All checks hold.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
