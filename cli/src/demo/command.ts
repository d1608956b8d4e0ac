import { createClient } from '@sikka/api';
import type { Client } from '@sikka/api';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CliError } from '../errors.ts';
import { readOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { mintToken } from '../token.ts';
import { findOrStartBank } from './bank-process.ts';
import { playDay } from './day.ts';

export const DEMO_USAGE = `sikka demo [--out FOLDER] [--json]

A rural merchant's day on the real bank (started if none runs): money is loaded, the network goes
off, four payments pass through QR pictures, a cloned phone spends twice, both sides sync, and the
bank settles once and proves the cheat. Pictures, receipts and the proof are left in FOLDER.

  --out FOLDER  where to leave them (./demo-out; what an earlier demo left there is removed)
  --json        the last line of standard output is the result as JSON

Uses the bank at SIKKA_BANK, else at 127.0.0.1 on PORT (9000), and its token key in DATA_DIR
(./data). Exit status: 0 all came out as it must, 2 not.`;

const operatorClient = (bankUrl: string, dataDir: string): Client =>
  createClient({
    baseUrl: bankUrl,
    token: () => mintToken({ account: 'operator', roles: ['pay_admin'], dataDir }),
  });

/** `sikka demo`. Exit status 0 when everything came out as it must. */
export const demoCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const { values } = readOptions(args, DEMO_USAGE, { strings: ['out'], flags: ['json'] });
  const folder = resolve(values.out ?? './demo-out');
  const dataDir = resolve(process.env.DATA_DIR ?? './data');
  const port = process.env.PORT ?? '9000';
  const url = process.env.SIKKA_BANK ?? `http://127.0.0.1:${port}`;
  await rm(folder, { recursive: true, force: true });
  const bank = await findOrStartBank({ url, logFolder: join(folder, 'bank'), out });
  try {
    const operator = operatorClient(bank.url, dataDir);
    const result = await playDay({ bankUrl: bank.url, dataDir, folder, operator, out });
    if (values.json === true) out.line(JSON.stringify(result));
    const asItMust =
      result.settled === 4 && result.double_spends_proved === 1 && result.ledger_sum === '0';
    if (!asItMust) throw new CliError('cli/bank_refused', 'The day did not end as it must.');
    return 0;
  } finally {
    await bank.stop();
  }
};
