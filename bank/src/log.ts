/** `error` means: wake someone. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
type EventLevel = Exclude<LogLevel, 'silent'>;

/** Never payloads, tokens or personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type Log = { readonly [L in EventLevel]: (event: string, fields?: LogFields) => void };

export interface LogOptions {
  readonly level: LogLevel;
  /** Takes one whole line. */
  readonly write: (line: string) => void;
  readonly now: () => Date;
}

/**
 * Events as one JSON object a line: `{"at","level","event",…fields}`. JSON escapes line ends, so
 * nobody's name can start a line of its own.
 */
export function createLog({ level, write, now }: LogOptions): Log {
  const least = LOG_LEVELS.indexOf(level);
  const at =
    (own: EventLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(own) < least) return;
      write(`${JSON.stringify({ at: now().toISOString(), level: own, event, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
