import { audit, AuditorError } from '@sikka/auditor';
import type { AuditorErrorCode, AuditReport } from '@sikka/auditor';
import type { IssuerKeys } from '@sikka/protocol';
import { loadCheckpoints } from './audit/checkpoints.ts';
import { findDatabase } from './audit/database.ts';
import { printReport, reportAsJson } from './audit/print.ts';
import { CliError } from './errors.ts';
import type { CliCode } from './errors.ts';
import { readOptions } from './options.ts';
import type { Output } from './output.ts';
import { findIssuers } from './verify/issuers.ts';

export const AUDIT_USAGE = `sikka audit [--database URL] [--issuers FILE] [--checkpoint FILE|URL]…

Recomputes a bank from the bytes it received: signatures, money, the audit chain and the log. Reads
its database and writes nothing.

  --issuers FILE     the bank's public keys, from where you trust them; else the database's own
  --checkpoint FILE  checkpoints that were kept outside, any number of times: a packet, QR text or
                     picture, a settlement receipt, many as the bank's JSON has them, or the address
                     that publishes them; the log now has to continue each, by a consistency proof
  --database URL     else DATABASE_URL, else the running bank's own in DATA_DIR (./data)
  --data-dir FOLDER  the bank's data folder, if it is not DATA_DIR
  --json             one line of JSON

Exit status: 0 all is well, 1 something is wrong (the row is named), 2 could not be audited.`;

const EXIT_WELL = 0;
const EXIT_WRONG = 1;

/** `sikka audit`: prints what every check found and gives the exit status. */
export const auditCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const { rest, files } = takeCheckpoints(args);
  const { values } = readOptions(rest, AUDIT_USAGE, {
    strings: ['database', 'data-dir', 'issuers'],
    flags: ['json'],
  });
  const dataDir = values['data-dir'] ?? process.env.DATA_DIR ?? './data';
  const report = await run(
    {
      databaseUrl: await findDatabase({ given: values.database, dataDir }),
      trustedIssuers: await readIssuers(values.issuers),
      keptCheckpoints: (await Promise.all(files.map(loadCheckpoints))).flat(),
    },
    values.json === true ? () => undefined : (text) => out.progress(`… ${text}`),
  );
  if (values.json === true) out.line(reportAsJson(report));
  else printReport(report, out);
  return report.ok ? EXIT_WELL : EXIT_WRONG;
};

/** The one option that may come more than once. */
const takeCheckpoints = (
  args: readonly string[],
): { readonly rest: readonly string[]; readonly files: readonly string[] } => {
  const rest: string[] = [];
  const files: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    const [, joined] = /^--checkpoint=(.*)$/s.exec(word) ?? [];
    if (joined === undefined && word !== '--checkpoint') {
      rest.push(word);
      continue;
    }
    const file = joined ?? args[(at += 1)];
    if (file === undefined || file === '') throw new CliError('cli/usage', AUDIT_USAGE);
    files.push(file);
  }
  return { rest, files };
};

const readIssuers = async (file: string | undefined): Promise<IssuerKeys | undefined> => {
  if (file === undefined) return undefined;
  try {
    return await findIssuers({ issuersFile: file, bankUrl: '', packetPath: '' });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('cli/issuers_missing', `${file} does not hold issuer keys.`);
  }
};

const CODES: Readonly<Record<AuditorErrorCode, CliCode>> = {
  'auditor/unreachable': 'cli/bank_unreachable',
  'auditor/not_a_bank': 'cli/bank_refused',
  'auditor/not_permitted': 'cli/bank_refused',
  'auditor/not_a_checkpoint': 'cli/file_unreadable',
};

const run = async (
  options: Omit<Parameters<typeof audit>[0], 'progress'>,
  progress: (text: string) => void,
): Promise<AuditReport> => {
  try {
    return await audit({ ...options, progress });
  } catch (error) {
    if (!(error instanceof AuditorError)) throw error;
    throw new CliError(CODES[error.code], error.message);
  }
};
