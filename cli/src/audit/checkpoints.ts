import { setTimeout as pause } from 'node:timers/promises';
import { fromBase64url } from '@sikka/api';
import { CliError } from '../errors.ts';
import { loadPacket } from '../verify/load.ts';

/** Of a bank that answers for itself: a page of 100 checkpoints is 60 kB. */
const ANSWER_MS = 20_000;
const MOST_BYTES = 1_048_576;
/**
 * Pages of published checkpoints, of which a busy bank makes four a second: two weeks of them, in
 * memory. Of more, `?from=` says where to begin.
 */
const MOST_PAGES = 60_000;
/** A bank counts requests by the minute and says how long to wait: 60 pages a minute, mostly. */
const MOST_TRIES = 5;
const MOST_WAIT_S = 60;

/**
 * Checkpoints that were kept outside: one in a file, as its packet, its QR text or picture; many in
 * a file, as the bank's JSON has them; or those that an address publishes, page by page. Throws
 * `cli/file_unreadable`, `cli/no_qr_found`, `cli/bank_unreachable`, `cli/bank_refused`.
 */
export const loadCheckpoints = async (from: string): Promise<readonly Uint8Array[]> => {
  if (/^https?:\/\//.test(from)) return fetchCheckpoints(new URL(from));
  const file = await loadPacket(from);
  const text = new TextDecoder().decode(file).trimStart();
  if (!text.startsWith('{') && !text.startsWith('[')) return [file];
  const { packets } = read(text, from);
  return packets;
};

const fetchCheckpoints = async (address: URL): Promise<readonly Uint8Array[]> => {
  const found: Uint8Array[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { packets, next } = read(await fetchText(address), address.href);
    found.push(...packets);
    if (next === undefined) return found;
    if (next <= Number(address.searchParams.get('from') ?? 0)) break;
    address.searchParams.set('from', String(next));
  }
  throw new CliError('cli/bank_refused', `${address.href} does not come to an end.`);
};

const fetchText = async (address: URL): Promise<string> => {
  for (let tries = 1; ; tries += 1) {
    const said = await ask(address);
    if (said.text !== undefined) return said.text;
    if (said.waitS === undefined || tries === MOST_TRIES) {
      throw new CliError('cli/bank_refused', `${address.href} answers ${said.status}.`);
    }
    await pause(Math.min(said.waitS, MOST_WAIT_S) * 1_000);
  }
};

interface Said {
  readonly status: number;
  readonly text?: string;
  /** It may be asked again after so many seconds. */
  readonly waitS?: number;
}

const ask = async (address: URL): Promise<Said> => {
  const headers = { accept: 'application/json' };
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    const answer = await fetch(address, { headers, signal });
    const { status } = answer;
    if (answer.ok) return { status, text: await readText(answer, address) };
    await answer.body?.cancel();
    const waitS = Number(answer.headers.get('retry-after') ?? Number.NaN);
    return status === 429 && waitS >= 0 ? { status, waitS } : { status };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('cli/bank_unreachable', `${address.href} does not answer.`);
  }
};

const readText = async ({ body }: Response, address: URL): Promise<string> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > MOST_BYTES) {
      throw new CliError('cli/bank_refused', `${address.href} answers without end.`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
};

interface Read {
  readonly packets: readonly Uint8Array[];
  readonly next: number | undefined;
}

/** `{"packet": …}`, a list of those, or `{"checkpoints": […], "next": …}` as the routes answer. */
const read = (text: string, from: string): Read => {
  const answer = parse(text);
  const listed: readonly unknown[] = Array.isArray(answer.checkpoints)
    ? answer.checkpoints
    : [answer].flat();
  const packets = listed.map((entry) => {
    const { packet } = typeof entry === 'object' && entry !== null ? (entry as Answer) : {};
    const bytes = typeof packet === 'string' ? fromBase64url(packet) : undefined;
    if (bytes !== undefined) return bytes;
    throw new CliError('cli/file_unreadable', `${from} does not hold checkpoints.`);
  });
  return { packets, next: typeof answer.next === 'number' ? answer.next : undefined };
};

interface Answer {
  readonly packet?: unknown;
  readonly checkpoints?: unknown;
  readonly next?: unknown;
}

const parse = (text: string): Answer => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
};
