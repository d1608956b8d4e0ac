import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startBank } from '../../src/bank.ts';
import type { Bank } from '../../src/bank.ts';
import { readConfig } from '../../src/config.ts';
import { programFile } from '../support/index.ts';
import type { TestDatabase } from '../support/index.ts';

type Env = Readonly<Record<string, string>>;

export const newMasterKey = (): string => randomBytes(32).toString('hex');

/** A bank on a database that another one may have made. */
export async function startBankOn(
  database: TestDatabase,
  { folder, ...env }: { readonly folder: string } & Env,
): Promise<Bank> {
  const config = readConfig(settings(database, folder, env), folder);
  if (!config.ok) throw new Error(config.errors.join(' '));
  return startBank({ ...config.value, bcryptCost: 4 }, { writeLog: () => undefined });
}

export interface Finished {
  /** Undefined where it was killed. */
  readonly code: number | undefined;
  readonly said: string;
}

/** `npm run reseal` as a process of its own; killed outright once it says `killAt`. */
export async function runReseal(
  database: TestDatabase,
  { folder, killAt, ...env }: { readonly folder: string; readonly killAt?: string } & Env,
): Promise<Finished> {
  const child = spawn(process.execPath, [programFile('bank/src/reseal.ts')], {
    env: { PATH: process.env['PATH'], ...settings(database, folder, env) },
    cwd: folder,
  });
  let said = '';
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
    if (killAt !== undefined && said.includes(killAt)) child.kill('SIGKILL');
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const code = await new Promise<number | undefined>((done) =>
    child.on('close', (status) => done(status ?? undefined)),
  );
  return { code, said };
}

/** As an operator keeps a secret. */
export function secretFile(folder: string, text: string): string {
  const file = path.join(folder, `secret-${randomBytes(4).toString('hex')}`);
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return file;
}

function settings(database: TestDatabase, folder: string, env: Env): Env {
  const where = { PORT: '0', DATABASE_URL: database.url, DATA_DIR: folder };
  return { ...where, RATE_LIMIT_ENABLED: 'false', ...env };
}
