import { writeFile } from 'node:fs/promises';
import { CliError } from '../errors.ts';
import type { Output } from '../output.ts';
import { orRefused, readStaffCall, STAFF_USAGE } from '../review/staff.ts';

export const BOOKS_USAGE = `sikka books export

What every kind of account held and moved, by day: for reconciliation. For an account with the role
pay_admin, or with a token of one with the role finance.

  export                        yesterday, as CSV
  --from DAY --to DAY           UTC days, both included; or times, the second not included
  --format csv|camt.053         how it is written
  --out FILE                    where to; else to standard output
${STAFF_USAGE}`;

/** `sikka books`. */
export const booksCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const more = ['from', 'to', 'format', 'out'];
  const call = readStaffCall(args, BOOKS_USAGE, { role: 'pay_admin', more });
  const { format = 'csv', from, to, out: file } = call.values;
  if (call.action !== 'export' || call.words.length > 0) {
    throw new CliError('cli/usage', BOOKS_USAGE);
  }
  if (format !== 'csv' && format !== 'camt.053') throw new CliError('cli/usage', BOOKS_USAGE);
  const query = {
    format,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const { bytes } = orRefused(await call.client.exportSettlement({ query }));
  if (file === undefined) out.line(new TextDecoder().decode(bytes).trimEnd());
  else await writeFile(file, bytes);
  return 0;
};
