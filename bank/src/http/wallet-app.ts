import { stat } from 'node:fs/promises';
import path from 'node:path';
import serveStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problems.ts';

/** Where the app is, here and in its own build. */
const BASE = '/app';
/** Of what the app's folder holds: plain segments, no dot at a segment's beginning. */
const FILE = /^(?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)+$/;
/** A place in the app: the page itself knows what is there. */
const PLACE = /^(?:[\w-]+\/)*[\w-]*$/;
/** Chosen by `Accept-Encoding`, never by name. */
const COMPRESSED = /\.(?:br|gz)$/;

/**
 * Scripts, pictures and answers from here and nowhere else, none made of text: WebAssembly is for
 * the decoder of pictures, the one Trusted Types policy for the service worker's address.
 */
const POLICY = [
  ...["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'"],
  ...["font-src 'self'", "img-src 'self' blob: data:", "media-src 'self' blob:"],
  ...["connect-src 'self'", "manifest-src 'self'", "worker-src 'self'", "base-uri 'none'"],
  ...["form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"],
  'trusted-types sikka-script-url',
].join('; ');

/** What a wallet needs of the phone, for its own page only. */
const PERMISSIONS = [
  // Not `bluetooth`: its default is the same, and a browser without it complains of the name.
  ...['camera=(self)', 'screen-wake-lock=(self)'],
  ...['publickey-credentials-create=(self)', 'publickey-credentials-get=(self)'],
  ...['geolocation=()', 'microphone=()', 'payment=()', 'serial=()', 'usb=()'],
].join(', ');

/**
 * Serves the built wallet app at `/app/`: its files, and its one page for every place in it. The
 * folder may be built or replaced while the server runs.
 */
export async function serveWalletApp(server: FastifyInstance, folder: string): Promise<void> {
  await server.register(serveStatic, {
    ...{ root: folder, serve: false, suppressWarning: true },
    ...{ dotfiles: 'deny', index: false, acceptRanges: false, lastModified: false },
    // By name, in `cacheFor`.
    cacheControl: false,
    preCompressed: true,
  });
  for (const url of [BASE, `${BASE}/*`]) {
    server.route({
      ...{ method: ['GET', 'HEAD'], url },
      handler: async (request, reply) => answer(folder, request, reply),
    });
  }
}

async function answer(
  folder: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  // As it was sent: what is written with escapes is no name of ours.
  const [asked = ''] = request.url.split('?', 1);
  if (asked === BASE) return reply.redirect(`${BASE}/`, 308);
  const name = asked.slice(BASE.length + 1);
  const isPlace = PLACE.test(name);
  if (!isPlace && (!FILE.test(name) || COMPRESSED.test(name))) return refuse(reply);
  const file = isPlace ? 'index.html' : name;
  if (!(await isFile(path.join(folder, file))))
    return isPlace ? sayHowToBuild(reply) : refuse(reply);
  // Nothing here is compared before a write; such headers would be answered with an error (412).
  delete request.raw.headers['if-match'];
  delete request.raw.headers['if-unmodified-since'];
  reply.headers({
    'content-security-policy': POLICY,
    'permissions-policy': PERMISSIONS,
    'cache-control': cacheFor(file),
  });
  return reply.sendFile(file);
}

/** Whether a path is one of the app's, for those who ask with another method. */
export function isOfTheApp(asked: string): boolean {
  return asked === BASE || asked.startsWith(`${BASE}/`);
}

/** What the build names by its content never changes; all else is asked for again each time. */
function cacheFor(file: string): string {
  return file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}

async function isFile(place: string): Promise<boolean> {
  return stat(place).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function refuse(reply: FastifyReply): Promise<FastifyReply> {
  return sendProblem(reply, 'request/not_found', { detail: 'There is nothing at this path.' });
}

async function sayHowToBuild(reply: FastifyReply): Promise<FastifyReply> {
  return reply.code(404).type('text/html; charset=utf-8').send(UNBUILT);
}

const UNBUILT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sikka: the wallet app is not built</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main class="wide">
<h1>The wallet app is not built yet</h1>
<p>In the folder of the sources: <code>npx vite build apps/wallet</code>, then load this page again.
<code>npm start</code> does so by itself. A bank elsewhere is told where the built app is by
<code>WALLET_APP_DIR</code>.</p>
</main>
</body>
</html>
`;
