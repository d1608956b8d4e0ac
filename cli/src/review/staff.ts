import { createClient } from '@sikka/api';
import type { ApiResult, Client, Role } from '@sikka/api';
import { CliError } from '../errors.ts';
import { readOptions } from '../options.ts';
import { mintToken } from '../token.ts';

/** What every command of the staff takes. */
export const STAFF_OPTIONS = ['bank', 'account', 'data-dir', 'reason'] as const;

export const STAFF_USAGE = `
  --bank URL       the bank; else SIKKA_BANK, else http://localhost:9000
  --account ID     who decides: an account with the role that the usage names, "operator" unless
                   given. Two people decide by giving the same command, each with an account
SIKKA_TOKEN: a bearer token; else one is made with the bank's own key in --data-dir or DATA_DIR
(./data).`;

/** One command of the staff, read. */
export interface StaffCall {
  readonly client: Client;
  readonly action: string;
  /** Words after the action. */
  readonly words: readonly string[];
  readonly values: Readonly<Partial<Record<string, string>>>;
}

/** Reads the words and makes a client. Throws `cli/usage`, and at a call `cli/key_missing`. */
export const readStaffCall = (
  args: readonly string[],
  usage: string,
  { role, more = [] }: { readonly role: Role; readonly more?: readonly string[] },
): StaffCall => {
  const strings = [...STAFF_OPTIONS, ...more];
  const { values, positionals } = readOptions(args, usage, { strings, positionals: 'any' });
  const [action, ...words] = positionals;
  if (action === undefined) throw new CliError('cli/usage', usage);
  const baseUrl = values['bank'] ?? process.env.SIKKA_BANK ?? 'http://localhost:9000';
  const account = values['account'] ?? 'operator';
  const dataDir = values['data-dir'] ?? process.env.DATA_DIR ?? './data';
  const given = process.env.SIKKA_TOKEN;
  const token = given ?? (() => mintToken({ account, roles: [role], dataDir }));
  return { client: createClient({ baseUrl, token }), action, words, values };
};

/** The only word after the action. Throws `cli/usage`. */
export const wordOf = ({ words }: StaffCall, usage: string): string => {
  const [word, ...rest] = words;
  if (word === undefined || rest.length > 0) throw new CliError('cli/usage', usage);
  return word;
};

/** An option that the action needs. Throws `cli/usage`. */
export const optionOf = ({ values }: StaffCall, name: string, usage: string): string => {
  const value = values[name];
  if (value === undefined) throw new CliError('cli/usage', `--${name} is missing\n\n${usage}`);
  return value;
};

/** Throws `cli/bank_unreachable` and `cli/bank_refused`. */
export const orRefused = <T>(answer: ApiResult<T>): T => {
  if (answer.ok) return answer.value;
  const { code, title, detail } = answer.problem;
  const said = typeof detail === 'string' ? detail : detail.message;
  if (code === 'client/unreachable') throw new CliError('cli/bank_unreachable', said);
  throw new CliError('cli/bank_refused', `${title}: ${said} (${code})`);
};
