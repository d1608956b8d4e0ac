import { auditCommand, AUDIT_USAGE } from './audit.ts';
import { BOOKS_USAGE, booksCommand } from './books/command.ts';
import { demoCommand, DEMO_USAGE } from './demo/command.ts';
import { CliError } from './errors.ts';
import type { Output } from './output.ts';
import {
  CASE_USAGE,
  caseCommand,
  HELD_USAGE,
  heldCommand,
  REVIEW_USAGE,
  reviewCommand,
} from './review/command.ts';
import { DISPUTES_USAGE, disputesCommand } from './review/disputes.ts';
import { TILL_USAGE, tillCommand } from './till/command.ts';
import { tokenCommand, TOKEN_USAGE } from './token.ts';
import { verifyCommand, VERIFY_USAGE } from './verify/command.ts';
import { walletCommand, WALLET_USAGE } from './wallet/command.ts';

interface Command {
  readonly about: string;
  readonly usage: string;
  readonly run: (args: readonly string[], out: Output) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  demo: { about: "a rural merchant's day, offline", usage: DEMO_USAGE, run: demoCommand },
  verify: { about: 'check any packet or test vector', usage: VERIFY_USAGE, run: verifyCommand },
  wallet: { about: 'a terminal wallet and till', usage: WALLET_USAGE, run: walletCommand },
  till: { about: 'a till for phones close by', usage: TILL_USAGE, run: tillCommand },
  token: { about: "a bearer token for this machine's bank", usage: TOKEN_USAGE, run: tokenCommand },
  review: { about: 'what is held until staff look', usage: REVIEW_USAGE, run: reviewCommand },
  case: { about: 'proved double spends, decided by two', usage: CASE_USAGE, run: caseCommand },
  disputes: { about: 'what people say is wrong', usage: DISPUTES_USAGE, run: disputesCommand },
  held: { about: 'items that failed again and again', usage: HELD_USAGE, run: heldCommand },
  books: { about: 'what accounts held and moved, by day', usage: BOOKS_USAGE, run: booksCommand },
  audit: { about: 'recompute everything from evidence', usage: AUDIT_USAGE, run: auditCommand },
};

const overview = (): string => {
  const rows = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
  return ['sikka COMMAND …', '', ...rows, '', 'sikka help COMMAND says more.'].join('\n');
};

const commandNamed = (name: string): Command => {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command;
  throw new CliError('cli/usage', `There is no command "${name}".\n\n${overview()}`);
};

/**
 * Runs one command and gives its exit status. Throws `CliError` where it cannot go on.
 */
export const run = async (args: readonly string[], out: Output): Promise<number> => {
  const [name = 'help', ...rest] = args;
  if (name === 'help' || name === '--help' || name === '-h') {
    out.line(rest[0] === undefined ? overview() : commandNamed(rest[0]).usage);
    return 0;
  }
  const command = commandNamed(name);
  if (rest.includes('--help') || rest.includes('-h')) {
    out.line(command.usage);
    return 0;
  }
  return command.run(rest, out);
};
