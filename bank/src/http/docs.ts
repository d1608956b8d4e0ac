import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { File } from '@sikka/api';
import type { Handlers } from '../caller.ts';

/** What may be had of the package, and as what; nothing else of it is served. */
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
};

/** Ours: the page's own policy allows no script in its text. */
const START = `window.addEventListener('load', () => {
  SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true });
});
`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sikka: every route</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/start.js" defer></script>
</head>
<body><main id="docs"></main></body>
</html>
`;

/** The page's scripts come from here alone; it asks only this bank. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** The description of the API as a page, from this machine: nothing is fetched from elsewhere. */
export function docsRoutes(): Handlers<'getDocs' | 'getDocsAsset'> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist'));
  const read = async (asset: string): Promise<File | undefined> => {
    if (asset === 'start.js') return { mediaType: 'text/javascript', bytes: Buffer.from(START) };
    const mediaType = Object.hasOwn(ASSETS, asset) ? ASSETS[asset] : undefined;
    if (mediaType === undefined) return undefined;
    return { mediaType, bytes: await readFile(path.join(folder, asset)) };
  };
  const headers = { 'content-security-policy': POLICY };
  return {
    getDocs: async () => ({ ok: true, status: 200, value: PAGE, headers }),
    getDocsAsset: async ({ params }) => {
      const value = await read(params.asset);
      if (value !== undefined) return { ok: true, status: 200, value };
      return { ok: false, code: 'request/not_found', detail: 'There is nothing at this path.' };
    },
  };
}
