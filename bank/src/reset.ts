/** `npm run reset`: forgets a local bank's data, after saying what that is. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { TOKEN } from '@sikka/api';
import { processConfig } from './config.ts';
import { removeEmbeddedPostgres } from './db/index.ts';
import { describeFailure } from './failure.ts';

const config = processConfig();
if (!config.ok) {
  for (const error of config.errors) console.error(error);
  process.exit(1);
}
const { dataDir, databaseUrl } = config.value;
try {
  process.exitCode = await reset();
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}

async function reset(): Promise<number> {
  if (databaseUrl !== undefined) {
    console.error('DATABASE_URL is set: that database is yours to empty, this command will not.');
    return 1;
  }
  if (!existsSync(dataDir)) {
    console.log(`There is nothing in ${dataDir}.`);
    return 0;
  }
  const keys = ['master.key', TOKEN.keyFile].filter((name) => existsSync(path.join(dataDir, name)));
  console.log(`In ${dataDir} this removes for good:`);
  console.log('  the database: accounts, balances, payments, proofs, the audit chain');
  for (const name of keys) console.log(`  ${name}`);
  if (!(await isWanted())) return 1;
  // First: it refuses while a bank uses the folder, and then nothing has been touched.
  const { removed } = await removeEmbeddedPostgres({ dataDir, log: () => undefined });
  for (const name of keys) await rm(path.join(dataDir, name));
  console.log(
    removed || keys.length > 0 ? 'Removed. `npm start` begins anew.' : 'Nothing was there.',
  );
  return 0;
}

async function isWanted(): Promise<boolean> {
  if (process.argv.includes('--yes')) return true;
  if (!process.stdin.isTTY) {
    console.error('Say that you mean it: npm run reset -- --yes');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Remove it? Type "yes": ');
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}
