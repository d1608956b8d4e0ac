import { parseJsonText, readPublicJwk } from '@sikka/protocol';
import type { BundlePush } from '@sikka/protocol';
import { PUSH_TIMEOUT_MS } from '../limits.ts';
import type { DeviceStorage } from './types.ts';

/** What came back of a request: an answer, or nothing. */
export type BankAnswer =
  | { readonly kind: 'taken'; readonly body: string }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly error: string;
      readonly code: string | undefined;
      /** What the bank asks to wait; milliseconds. */
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'lost'; readonly error: string };

export interface BankRequests {
  push(bundle: BundlePush): Promise<BankAnswer>;
  register(device: Readonly<Record<string, unknown>>, apiToken: string): Promise<BankAnswer>;
  /** The bank's sealing key (33 bytes): the newest where there is a network, else the last seen. */
  sealingKey(): Promise<Uint8Array | undefined>;
}

const BANK_KEY = 'offline_bank_public_key';
const KEY_LIMITS = { depth: 4, nodes: 64 };

/** The requests of a till. None rejects: without a network they are `lost`. */
export function createBankRequests({
  apiUrl,
  storage,
  ended,
}: {
  readonly apiUrl: string;
  readonly storage: DeviceStorage;
  readonly ended: AbortSignal;
}): BankRequests {
  const base = apiUrl.replace(/\/+$/, '');

  async function request(path: string, init: RequestInit): Promise<BankAnswer> {
    const { signal, settle } = limitOf(ended);
    try {
      const response = await fetch(`${base}${path}`, { ...init, signal, redirect: 'error' });
      const body = await response.text();
      if (response.ok) return { kind: 'taken', body };
      const { status } = response;
      const retryAfterMs = secondsOf(response.headers.get('retry-after'));
      return { kind: 'refused', status, retryAfterMs, ...reasonIn(body, status) };
    } catch (error) {
      return { kind: 'lost', error: error instanceof Error ? error.message : 'no answer' };
    } finally {
      settle();
    }
  }

  const post = (path: string, value: unknown, headers: Readonly<Record<string, string>> = {}) =>
    request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(value),
    });

  return {
    push: ({ deviceId, bundleId, encryptedPayload, signature, deviceClock }) =>
      post('/offline/push', {
        device_id: deviceId,
        bundle_id: bundleId,
        encrypted_payload: encryptedPayload,
        signature,
        device_clock: deviceClock,
      }),
    register: (device, apiToken) =>
      post('/offline/devices', device, { Authorization: `Bearer ${apiToken}` }),
    async sealingKey() {
      const answer = await request('/bank-public-key', { method: 'GET' });
      const fresh = answer.kind === 'taken' ? keyIn(answer.body) : undefined;
      if (answer.kind === 'taken' && fresh !== undefined) {
        await storage.setItem(BANK_KEY, answer.body);
        return fresh;
      }
      return keyIn((await storage.getItem(BANK_KEY)) ?? '');
    },
  };
}

/** Ends with the till or its time. React Native has no `AbortSignal.any` and `timeout`. */
function limitOf(ended: AbortSignal): {
  readonly signal: AbortSignal;
  readonly settle: () => void;
} {
  const given = new AbortController();
  const giveUp = () => {
    given.abort();
  };
  const timer = setTimeout(giveUp, PUSH_TIMEOUT_MS);
  ended.addEventListener('abort', giveUp);
  if (ended.aborted) giveUp();
  return {
    signal: given.signal,
    settle: () => {
      clearTimeout(timer);
      ended.removeEventListener('abort', giveUp);
    },
  };
}

/** The key of `{public_key: JWK, …}`. */
function keyIn(text: string): Uint8Array | undefined {
  const parsed = parseJsonText(text, KEY_LIMITS);
  if (!parsed.ok || parsed.value.type !== 'object') return undefined;
  return readPublicJwk(parsed.value.members.find(({ key }) => key === 'public_key')?.value);
}

function reasonIn(body: string, status: number) {
  const parsed = parsedOf(body);
  const text = (key: string) => {
    const value = parsed[key];
    return typeof value === 'string' ? value : undefined;
  };
  const error = text('error') ?? text('detail') ?? `the bank answered ${status}`;
  return { error, code: text('code') };
}

function parsedOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function secondsOf(header: string | null): number | undefined {
  return header !== null && /^[0-9]{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}
