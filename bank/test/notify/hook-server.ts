import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Network } from '../../src/notify/index.ts';
import { selfSigned } from './certificate.ts';

export const HOST = 'hooks.shop.example';

export interface Posted {
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** An integrator's server: real TLS, its own certificate, and what was posted to it. */
export interface HookServer {
  readonly port: number;
  readonly posted: Posted[];
  /** Reaches this server by its name, as if it were in the public network. */
  readonly network: Network;
  /** How often its name was looked up. */
  lookups(): number;
  answer: (response: ServerResponse) => void;
  stop(): Promise<void>;
}

export async function startHookServer(): Promise<HookServer> {
  const { key, cert } = selfSigned(HOST);
  const posted: Posted[] = [];
  let lookups = 0;
  const server = createServer({ key, cert });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hooks: HookServer = {
    port: (server.address() as AddressInfo).port,
    posted,
    network: {
      resolve: async () => {
        lookups += 1;
        return ['127.0.0.1'];
      },
      isAllowed: () => true,
      ca: cert,
    },
    lookups: () => lookups,
    answer: (response) => void response.writeHead(204).end(),
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      posted.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
      hooks.answer(response);
    });
  });
  return hooks;
}
