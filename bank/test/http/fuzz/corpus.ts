import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

/** A request that got an answer which no other got; `who` is whose token it carries. */
export interface Kept {
  readonly about: string;
  readonly who: number | undefined;
  readonly request: Request;
}

interface Line {
  readonly about: string;
  readonly who?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly body?: string;
}

const FILE = join(import.meta.dirname, 'corpus.jsonl');
/** Longer requests are made again by chance. */
const MOST_CHARACTERS = 1_200;

export function readCorpus(): readonly Kept[] {
  if (!existsSync(FILE)) return [];
  const lines = readFileSync(FILE, 'utf8').split('\n').filter(Boolean);
  return lines.map((text) => {
    const { about, who, method, path, headers, body } = JSON.parse(text) as Line;
    const bytes = body === undefined ? undefined : Buffer.from(body, 'base64');
    return { about, who, request: { method, path, headers, body: bytes } };
  });
}

/** One request for each route and answer, the shortest, in the order of their names. */
export function writeCorpus(found: ReadonlyMap<string, Kept>): void {
  const lines = [...found.values()].toSorted((a, b) => (a.about < b.about ? -1 : 1)).map(lineOf);
  writeFileSync(FILE, lines.filter(({ length }) => length < MOST_CHARACTERS).join('\n') + '\n');
}

export function lineOf({ about, who, request }: Kept): string {
  const { method, path, headers, body } = request;
  const { authorization: _token, ...rest } = headers;
  const line: Line = {
    ...{ about, method, path, headers: rest },
    ...(who === undefined ? {} : { who }),
    ...(body === undefined ? {} : { body: Buffer.from(body).toString('base64') }),
  };
  return JSON.stringify(line);
}
