import { parseArgs } from 'node:util';
import { CliError } from './errors.ts';

interface OptionSpec<S extends string, F extends string> {
  readonly strings?: readonly S[];
  readonly flags?: readonly F[];
  /** How many words besides options, exactly; none unless given. */
  readonly positionals?: number | 'any';
}

interface Options<S extends string, F extends string> {
  readonly values: Readonly<Partial<Record<S, string>> & Partial<Record<F, boolean>>>;
  readonly positionals: readonly string[];
}

/** Reads a command's words. Throws `cli/usage` with the command's own usage text. */
export const readOptions = <S extends string = never, F extends string = never>(
  args: readonly string[],
  usage: string,
  spec: OptionSpec<S, F>,
): Options<S, F> => {
  const options = Object.fromEntries([
    ...(spec.strings ?? []).map((name) => [name, { type: 'string' as const }]),
    ...(spec.flags ?? []).map((name) => [name, { type: 'boolean' as const }]),
  ]) as Record<string, { type: 'string' | 'boolean' }>;
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const wanted = spec.positionals ?? 0;
    if (wanted !== 'any' && parsed.positionals.length !== wanted) {
      throw new TypeError(
        wanted === 0 ? 'no further words expected' : 'a word is missing or too much',
      );
    }
    return { values: parsed.values as Options<S, F>['values'], positionals: parsed.positionals };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('cli/usage', `${reason}\n\n${usage}`);
  }
};
