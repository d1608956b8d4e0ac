import { readdirSync, readFileSync } from 'node:fs';
import type { VectorCase } from '@sikka/protocol/vectors';
import { isSameJson } from '@sikka/protocol/vectors';
import { describe, expect, it } from 'vitest';
import { answerBackupVector } from '../src/backup/vectors.ts';

const folder = new URL('../../vectors/backup/', import.meta.url);
const vectors = readdirSync(folder).map(
  (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as VectorCase,
);

describe('a backup that somebody else sealed', () => {
  it.each(vectors)('$case: $about', async ({ input, expect: want }) => {
    const got = await answerBackupVector(input);
    expect(isSameJson(got, want), JSON.stringify(got)).toBe(true);
  });
});
