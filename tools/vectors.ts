import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allVectors } from '../protocol/test/cases/index.ts';
import type { VectorCase } from '../protocol/test/cases/index.ts';

/**
 * Writes `vectors/<family>/<case>.json` (spec/vectors.md), or with `--check` compares and names
 * every file that would differ. The cases and their keys are in `protocol/test/cases/`.
 */
async function main(): Promise<void> {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'vectors');
  const wanted = new Map((await allVectors()).map((each) => [pathOf(each), contentOf(each)]));
  if (process.argv.includes('--check')) return check(root, wanted);
  for (const path of listFiles(root)) if (!wanted.has(path)) rmSync(join(root, path));
  for (const [path, content] of wanted) write(join(root, path), content);
  console.log(`${wanted.size} vectors written.`);
}

function pathOf({ family, case: name }: VectorCase): string {
  return `${family}/${name}.json`;
}

function contentOf(vector: VectorCase): string {
  return `${JSON.stringify(vector, undefined, 2)}\n`;
}

function check(root: string, wanted: ReadonlyMap<string, string>): void {
  const present = new Set(listFiles(root));
  const differing = [
    ...[...wanted].filter(([path, content]) => readIfThere(join(root, path)) !== content),
    ...[...present].filter((path) => !wanted.has(path)).map((path) => [path]),
  ].map(([path]) => path);
  if (differing.length === 0) {
    console.log(`${wanted.size} vectors unchanged.`);
    return;
  }
  console.error(`Vectors differ from what their generator makes:\n  ${differing.join('\n  ')}`);
  process.exitCode = 1;
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function listFiles(root: string): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => `${name}/${file}`));
}

await main();
