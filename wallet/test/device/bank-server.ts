import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  generateEcdhKeyPair,
  openBundle,
  proveBundle,
  publicJwk,
  readDeviceKey,
  webCryptoAgreement,
  webCryptoVerifier,
} from '@sikka/protocol';
import type { DeviceBundle, DeviceKey } from '@sikka/protocol';

/** What the server does with the next push: answers, or takes it and loses the reply. */
export type Mood =
  | { readonly answer: 'take' | 'lose_reply' | 'hang_up' }
  | { readonly answer: 'refuse'; readonly status: number; readonly body: object };

/** A bank of one route family, on a real socket, that opens bundles as the bank does. */
export interface BankServer {
  readonly url: string;
  /** Every bundle that was proved and opened, in order. */
  readonly bundles: DeviceBundle[];
  /** Each transaction's local id, with how often it came. */
  readonly taken: Map<string, number>;
  readonly requests: string[];
  /** Asked for each push; takes everything unless told otherwise. */
  moodOf: (bundle: DeviceBundle) => Mood;
  open(
    push: { encryptedPayload: string; signature: string },
    bundleId: string,
  ): Promise<DeviceBundle>;
  close(): Promise<void>;
}

export async function startBank(deviceId: string): Promise<BankServer> {
  const { privateKey, publicKey } = await generateEcdhKeyPair({ extractable: false });
  const agreements = [webCryptoAgreement(privateKey, publicKey)];
  let device: DeviceKey | undefined;

  const http = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      answer(response, 500, { error: String(error) });
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    bank.requests.push(`${method} ${url}`);
    const body = await bodyOf(request);
    if (url === '/bank-public-key') {
      return answer(response, 200, { public_key: publicJwk(publicKey), format: 'JWK' });
    }
    const sent = JSON.parse(body) as Record<string, string>;
    if (url === '/offline/devices') return register(request, response, sent);
    const push = { encryptedPayload: sent['encrypted_payload']!, signature: sent['signature']! };
    const bundle = await bank.open(push, sent['bundle_id']!);
    const mood = bank.moodOf(bundle);
    if (mood.answer === 'hang_up') return void request.socket.destroy();
    if (mood.answer === 'refuse') return answer(response, mood.status, mood.body);
    bank.bundles.push(bundle);
    for (const { localId } of bundle.transactions) {
      bank.taken.set(localId, (bank.taken.get(localId) ?? 0) + 1);
    }
    if (mood.answer === 'lose_reply') return void request.socket.destroy();
    answer(response, 200, { success: true, bundle_id: bundle.bundleId, status: 'accepted' });
  }

  function register(
    request: IncomingMessage,
    response: ServerResponse,
    sent: Record<string, string>,
  ): void {
    if (request.headers.authorization !== 'Bearer operator') {
      return answer(response, 403, { error: 'Not an operator' });
    }
    if (device !== undefined) return answer(response, 409, { error: 'Device already registered' });
    const key = readDeviceKey(sent['pubkey_pem']!);
    if (!key.ok) return answer(response, 422, { error: key.detail });
    device = key.value;
    answer(response, 201, { success: true, device: { device_id: sent['device_id'] } });
  }

  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const bank: BankServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    bundles: [],
    taken: new Map(),
    requests: [],
    moodOf: () => ({ answer: 'take' }),
    async open(push, bundleId) {
      if (device === undefined) throw new Error('no device is registered');
      const signed = await proveBundle(push, device, webCryptoVerifier);
      if (!signed.ok) throw new Error(signed.code);
      const opened = await openBundle(signed.value, { deviceId, bundleId }, { agreements });
      if (!opened.ok) throw new Error(`${opened.code}: ${opened.detail}`);
      return opened.value;
    },
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  return bank;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
