import { decodeBase64, encodeBase64 } from '@sikka/protocol';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'corpus');

/** What earlier runs kept for a target: a line each, in base64. */
export function readCorpus(target: string): readonly Uint8Array[] {
  const file = join(folder, `${target}.txt`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => decodeBase64(line) ?? new Uint8Array(0));
}

export function writeCorpus(target: string, inputs: readonly Uint8Array[]): void {
  const lines = inputs.map(encodeBase64).toSorted();
  writeFileSync(join(folder, `${target}.txt`), lines.map((line) => `${line}\n`).join(''));
}
