import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPool, dumpSchema, migrate, startEmbeddedPostgres } from './index.ts';

/**
 * `tsx bank/src/db/dump-schema.ts [--write]`: what the migrations make of an empty database, shown
 * or written to `schema.txt`, which a test compares (bank/test/db/schema.test.ts).
 */
const file = new URL('./schema.txt', import.meta.url);
const heading =
  '-- What the migrations make, one object a block; compared by a test.\n' +
  '-- Written by `npx tsx bank/src/db/dump-schema.ts --write`, never by hand.\n';

export async function currentSchema(url: string): Promise<string> {
  const pool = createPool(url, { max: 1 });
  try {
    return heading + (await dumpSchema(pool));
  } finally {
    await pool.close();
  }
}

export async function committedSchema(): Promise<string> {
  return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
}

async function main(args: readonly string[]): Promise<void> {
  const dataDir = path.join(tmpdir(), `sikka-schema-${randomBytes(6).toString('hex')}`);
  const log = () => undefined;
  const server = await startEmbeddedPostgres({ dataDir, log });
  try {
    await migrate(server.url, { log });
    const schema = await currentSchema(server.url);
    if (args.includes('--write')) await writeFile(file, schema);
    else process.stdout.write(schema);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.filename === path.resolve(process.argv[1])) {
  await main(process.argv.slice(2));
}
