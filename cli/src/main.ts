#!/usr/bin/env node
import { CliError } from './errors.ts';
import { terminal } from './output.ts';
import { run } from './run.ts';

const EXIT_FAILED = 2;

try {
  process.exitCode = await run(process.argv.slice(2), terminal);
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  terminal.progress(`${error.message}\n(${error.code})`);
  process.exitCode = EXIT_FAILED;
}
