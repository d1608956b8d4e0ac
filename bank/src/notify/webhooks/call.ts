import { lookup } from 'node:dns/promises';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { limits } from '../limits.ts';
import { isPublicAddress } from './addresses.ts';

/** What calls leave this machine by. Only tests give others. */
export interface Network {
  /** Every address of a name. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly isAllowed: (address: string) => boolean;
  /** Certificates to trust instead of the system's, in PEM. */
  readonly ca?: string;
}

export const publicNetwork: Network = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  isAllowed: isPublicAddress,
};

export type CallAnswer =
  | { readonly ok: true; readonly status: number }
  | { readonly ok: false; readonly status: number | undefined; readonly reason: CallFailure };

export const CALL_FAILURE_CODES = [
  'webhook/name_unknown',
  'webhook/address_private',
  'webhook/timed_out',
  'webhook/unreachable',
  'webhook/answered_no',
] as const;
export type CallFailure = (typeof CALL_FAILURE_CODES)[number];

export interface WebhookCall {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Posts to an address that somebody gave. The name is resolved here, every address must be
 * public, and the connection goes to one of exactly those: a name that answers differently the
 * next time changes nothing. No redirect is followed, no proxy used, five seconds are given in
 * all, and what is answered is thrown away. Never throws.
 */
export async function callWebhook(call: WebhookCall, network: Network): Promise<CallAnswer> {
  const signal = AbortSignal.timeout(limits.webhookMs);
  const host = call.url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await resolveWithin(host, network, signal);
  if (addresses === undefined) return failed('webhook/name_unknown');
  if (!addresses.every(network.isAllowed)) return failed('webhook/address_private');
  try {
    const status = await post(call, { addresses, ca: network.ca, signal });
    const ok = status >= 200 && status < 300;
    return ok ? { ok, status } : { ok, status, reason: 'webhook/answered_no' };
  } catch {
    return failed(signal.aborted ? 'webhook/timed_out' : 'webhook/unreachable');
  }
}

function failed(reason: CallFailure): CallAnswer {
  return { ok: false, status: undefined, reason };
}

/** Undefined where the name leads nowhere, or nobody says so in time. */
async function resolveWithin(
  host: string,
  { resolve }: Network,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (isIP(host) !== 0) return [host];
  const late = new Promise<undefined>((done) => {
    signal.addEventListener('abort', () => done(undefined), { once: true });
  });
  const found = await Promise.race([resolve(host).catch(() => undefined), late]);
  return found === undefined || found.length === 0 ? undefined : found;
}

interface Way {
  readonly addresses: readonly string[];
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

function post(call: WebhookCall, { addresses, ca, signal }: Way): Promise<number> {
  const { url, body, headers } = call;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // A connection of its own, to the addresses just looked at; the name stays in SNI and Host.
      agent: false,
      lookup: pinnedTo(addresses),
      signal,
      maxHeaderSize: limits.webhookHeaderBytes,
      ...(ca === undefined ? {} : { ca }),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      // The status is the answer; nothing of the rest is read.
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    outgoing.end(body);
  });
}

function pinnedTo(addresses: readonly string[]): LookupFunction {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    const [first] = pinned;
    if (options.all === true) done(null, [...pinned]);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };
}
