import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';

export interface PageServer {
  /** `http://127.0.0.1:…`: a secure context, so WebCrypto and Web Locks are there. */
  readonly url: string;
  close(): Promise<void>;
}

/** Strict, as an app would be served: code from here only, and no connection elsewhere. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'";
const PAGE =
  '<!doctype html><meta charset="utf-8"><title>Sikka</title><script src="/page.js"></script>';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface ServedPage {
  /** The script's source; it imports from the root of the checkout. */
  readonly script: string;
  /** The global under which the page has what the script exports. */
  readonly name: string;
  /** Whatever else is asked is passed on to it, so that to the page both are one place. */
  readonly bankUrl?: string;
}

/** Serves an empty page with one script, bundled as an app would be. */
export async function servePage({ script, name, bankUrl }: ServedPage): Promise<PageServer> {
  const bundle = await build({
    stdin: { contents: script, resolveDir: ROOT, loader: 'ts' },
    globalName: name,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const code = bundle.outputFiles[0]?.text ?? '';
  const server = createServer((request, response) => {
    response.setHeader('content-security-policy', POLICY);
    if (request.url === '/') return void response.setHeader('content-type', 'text/html').end(PAGE);
    if (request.url === '/page.js') {
      return void response.setHeader('content-type', 'text/javascript').end(code);
    }
    passOn(request, response, bankUrl).catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

async function passOn(request: IncomingMessage, response: ServerResponse, bankUrl?: string) {
  if (bankUrl === undefined) return void response.writeHead(404).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { accept, authorization, 'content-type': type } = request.headers;
  const headers = Object.entries({ accept, authorization, 'content-type': type }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const answer = await fetch(`${bankUrl}${request.url ?? '/'}`, {
    method: request.method ?? 'GET',
    headers,
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
  });
  const answerType = answer.headers.get('content-type') ?? 'application/octet-stream';
  response.writeHead(answer.status, { 'content-type': answerType });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
