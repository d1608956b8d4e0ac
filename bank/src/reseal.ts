/**
 * `npm run reseal`: seals everything anew under the newest key of the vault that KEY_VAULT names.
 * What opens today's rows must be configured too: OLD_MASTER_KEY, or the settings of the vault
 * before. Banks that run must have been restarted with both. Ending it at any time does no harm.
 */
import { openDatabase } from './bank.ts';
import type { BankConfig } from './config.ts';
import { processConfig } from './config.ts';
import { createPool } from './db/index.ts';
import { describeFailure } from './failure.ts';
import { openVaults } from './keys/index.ts';
import { vaultsOf } from './parts.ts';
import { resealAll } from './resealing.ts';

const config = processConfig();
if (!config.ok) {
  for (const error of config.errors) console.error(error);
  process.exit(1);
}
try {
  process.exitCode = await reseal(config.value);
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}

async function reseal(settings: BankConfig): Promise<number> {
  const ending: (() => Promise<void>)[] = [];
  try {
    const { vault, close } = await openVaults(vaultsOf(settings));
    ending.push(close);
    console.log(`Sealing under the newest key of the vault "${vault.name}".`);
    const log = { debug: none, info: none, warn: none, error: console.error };
    const url = await openDatabase(settings, { log, ending, report: none });
    const pool = createPool(url, { max: 2 });
    ending.push(() => pool.close());
    const { resealed, damaged } = await resealAll({
      ...{ pool, vault, bank: settings.bankId, now: new Date() },
      report: ({ name }, { done, of }) => console.log(`  ${name.padEnd(16)}${done} of ${of}`),
    });
    console.log(`${resealed} rows sealed anew; all others were already.`);
    if (damaged === 0) return 0;
    console.error(`${damaged} rows do not open and were left: they were changed, or moved.`);
    return 1;
  } finally {
    for (const end of ending.reverse()) await end();
  }
}

function none(): void {
  // This command says what it does in words of its own.
}
