import type { ReadSetting } from './settings.ts';

/** Where traces go. */
export interface TracesConfig {
  /** Without a path. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}

/** Named as OpenTelemetry names them; its SDK also reads its own OTEL_BSP_… and OTEL_TRACES_…. */
export const TRACE_SETTINGS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    parse: parseOrigin,
    rule: 'an http:// or https:// address without a path',
    about: 'Where traces are sent, as OTLP in JSON. Empty: nothing is traced.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    parse: parseHeaders,
    rule: 'name=value, percent-encoded, separated by commas',
    about: 'Headers for whoever keeps the traces.',
    secret: true,
  },
  OTEL_SERVICE_NAME: {
    parse: (text: string): string | undefined => (/^[\w.-]{1,64}$/.test(text) ? text : undefined),
    rule: '1 to 64 letters, digits, dots, dashes, underscores',
    about: 'What this bank is called among the traces.',
    byDefault: 'sikka-bank',
  },
} as const;

export function tracesOf(read: ReadSetting): TracesConfig | undefined {
  const endpoint = read('OTEL_EXPORTER_OTLP_ENDPOINT');
  const headers = read('OTEL_EXPORTER_OTLP_HEADERS') ?? {};
  const serviceName = read('OTEL_SERVICE_NAME') ?? '';
  return endpoint === undefined ? undefined : { endpoint, headers, serviceName };
}

function parseOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fits = url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text;
  return fits ? text : undefined;
}

/** As W3C Baggage writes them. */
function parseHeaders(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(',').map((pair) => PAIR.exec(pair.trim()));
  if (!pairs.every((pair) => pair !== null)) return undefined;
  return Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]),
  );
}

/** An escape is of one printable ASCII character, so that a header stays one line. */
const PAIR = /^([\w-]+)=((?:[\w!#$&'()*+./:<=>?@[\]^`{|}~-]|%(?:[2-6][0-9A-Fa-f]|7[0-9A-Ea-e]))*)$/;
