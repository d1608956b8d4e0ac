import { ProtocolError, webCryptoVerifier } from '@sikka/protocol';
import { answerVector, isSameJson } from '@sikka/protocol/vectors';
import type { JsonObject, VectorCase } from '@sikka/protocol/vectors';
import { answerBackupVector } from '@sikka/wallet/vectors';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../errors.ts';
import type { Output } from '../output.ts';

/** What this software answers to one test vector (spec/vectors.md), beside what the file says. */
export interface VectorAnswer {
  readonly family: string;
  readonly case: string;
  readonly answer: JsonObject;
  readonly expect: JsonObject;
  readonly agrees: boolean;
}

const isVector = (value: unknown): value is VectorCase =>
  typeof value === 'object' &&
  value !== null &&
  ['family', 'case', 'input', 'expect'].every((name) => name in value);

/** The vector in a file; undefined where the file is something else. */
const readVector = async (path: string): Promise<VectorCase | undefined> => {
  if (!path.endsWith('.json')) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    const value: unknown = JSON.parse(text);
    return isVector(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const answerOf = async (path: string, vector: VectorCase): Promise<VectorAnswer> => {
  const { family, case: name, input, expect } = vector;
  try {
    const answer =
      family === 'backup'
        ? await answerBackupVector(input)
        : await answerVector(family, input, webCryptoVerifier);
    return { family, case: name, answer, expect, agrees: isSameJson(answer, expect) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const detail = `${path} is not a vector that I can read: ${error.message}`;
    throw new CliError('cli/file_unreadable', detail);
  }
};

const listJson = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

/**
 * The answers to a vector, or to all vectors of a folder; undefined where the path is neither.
 * Throws `cli/file_unreadable` for a vector that spec/vectors.md does not describe.
 */
export const answerVectors = async (path: string): Promise<readonly VectorAnswer[] | undefined> => {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const answers: VectorAnswer[] = [];
  for (const file of isFolder ? await listJson(path) : [path]) {
    const vector = await readVector(file);
    if (vector !== undefined) answers.push(await answerOf(file, vector));
  }
  if (answers.length > 0) return answers;
  if (isFolder) throw new CliError('cli/file_unreadable', `No vectors in ${path}.`);
  return undefined;
};

const printOne = ({ family, case: name, answer, expect, agrees }: VectorAnswer, out: Output) => {
  out.line(`${agrees ? 'AGREES' : 'DIFFERS'}  ${family}/${name}`);
  out.line(`answer   ${JSON.stringify(answer)}`);
  if (!agrees) out.line(`expect   ${JSON.stringify(expect)}`);
};

const printFamilies = (answers: readonly VectorAnswer[], out: Output): void => {
  for (const family of new Set(answers.map((each) => each.family))) {
    const own = answers.filter((each) => each.family === family);
    const differing = own.filter(({ agrees }) => !agrees);
    const agree = `${own.length - differing.length} agree, ${differing.length} differ`;
    const names = differing.map((each) => each.case).join(', ');
    out.line(`${family.padEnd(12)} ${agree}${names === '' ? '' : `: ${names}`}`);
  }
};

/** Prints what was answered, and whether all of it agrees. */
export const printAnswers = (
  answers: readonly VectorAnswer[],
  out: Output,
  asJson: boolean,
): boolean => {
  const [first, ...others] = answers;
  if (asJson) for (const each of answers) out.line(JSON.stringify(each));
  else if (first !== undefined && others.length === 0) printOne(first, out);
  else printFamilies(answers, out);
  return answers.every(({ agrees }) => agrees);
};
