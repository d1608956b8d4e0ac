/** `error` means: wake someone. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
type EventLevel = Exclude<LogLevel, 'silent'>;

/** What is read by different people and kept for different times. */
export const LOG_STREAMS = ['application', 'security', 'transactions'] as const;
export type LogStream = (typeof LOG_STREAMS)[number];

/** Never payloads, tokens or personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type Log = { readonly [L in EventLevel]: (event: string, fields?: LogFields) => void };
export type Logs = { readonly [S in LogStream]: Log };

export interface LogOptions {
  readonly level: LogLevel;
  /** Takes one whole line. */
  readonly write: (line: string) => void;
  readonly now: () => Date;
  /** Default: `application`. */
  readonly stream?: LogStream;
}

/**
 * Events as one JSON object a line: `{"at","level","stream","event",…fields}`. JSON escapes line
 * ends, so nobody's name can start a line of its own. Texts are scrubbed as well: a second wall
 * behind the rule that none of it is given to a log.
 */
export function createLog({ level, write, now, stream = 'application' }: LogOptions): Log {
  const least = LOG_LEVELS.indexOf(level);
  const at =
    (own: EventLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(own) < least) return;
      const line = { at: now().toISOString(), level: own, stream, event, ...scrubbed(fields) };
      write(`${JSON.stringify(line)}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** The three streams. Those of security and money are kept from `info` up where they are files. */
export function createLogs(options: {
  readonly level: LogLevel;
  readonly write: (stream: LogStream, line: string) => void;
  readonly now: () => Date;
  readonly files: boolean;
}): Logs {
  const kept = options.files && ['warn', 'error'].includes(options.level) ? 'info' : options.level;
  const of = (stream: LogStream) =>
    createLog({
      level: stream === 'application' ? options.level : kept,
      write: (line) => options.write(stream, line),
      now: options.now,
      stream,
    });
  return {
    application: of('application'),
    security: of('security'),
    transactions: of('transactions'),
  };
}

const HIDDEN = '[hidden]';
const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]+-----[\s\S]*?(-----END [A-Z ]+-----|$)/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /\bBearer\s+\S+/gi,
  /[^\s"'<>@]+@[^\s"'<>@]+\.[^\s"'<>@]+/g,
  // An IBAN (ISO 13616).
  /\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g,
  // Userinfo in an address.
  /(?<=:\/\/)[^/\s@]+@/g,
];
/** Sentences, where six digits are a one-time code; elsewhere they are a till. */
const SENTENCES = new Set(['message', 'reason', 'detail', 'stack']);

function scrubbed(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? scrub(value, SENTENCES.has(name)) : value,
    ]),
  );
}

function scrub(text: string, isSentence: boolean): string {
  const clean = SECRETS.reduce((left, secret) => left.replace(secret, HIDDEN), text);
  return isSentence ? clean.replace(/\b\d{6}\b/g, HIDDEN) : clean;
}
