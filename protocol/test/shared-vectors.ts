import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';

/** The folder of published vectors beside the checkout, found by walking up from this file. */
function findVectors(): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'shared', 'vectors');
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

const vectorsFolder = findVectors();

/** A test over one file of published vectors, skipped with a sentence where they are absent. */
export function itWithVectors<T>(
  sentence: string,
  file: string,
  run: (vectors: T) => void | Promise<void>,
): void {
  const path = vectorsFolder === undefined ? undefined : join(vectorsFolder, file);
  if (path === undefined || !existsSync(path)) {
    it.skip(`${sentence} (skipped: shared/vectors/${file} is not beside this checkout)`, () => {});
    return;
  }
  it(sentence, () => run(readVectors(path)));
}

/** Reads one file of published vectors; only inside {@link itWithVectors}. */
export function readSharedVectors<T>(file: string): T {
  if (vectorsFolder === undefined) throw new Error('no published vectors beside this checkout');
  return readVectors(join(vectorsFolder, file));
}

function readVectors<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** Vectors write bytes in hex, sometimes in upper case. */
export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** The shape that all Wycheproof files share. */
export interface Wycheproof<G> {
  readonly testGroups: readonly G[];
}

export interface WycheproofCase {
  readonly tcId: number;
  readonly comment: string;
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

export interface SignatureCase extends WycheproofCase {
  readonly msg: string;
  readonly sig: string;
}
