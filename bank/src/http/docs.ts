import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { File } from '@sikka/api';
import type { Handlers, Reply } from '../caller.ts';

/** A script of ours beside a package's: the pages' own policy allows no script in their text. */
const START = {
  swagger: `window.addEventListener('load', () => {
  SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true });
});
`,
  redoc: `window.addEventListener('load', () => {
  const options = { hideDownloadButtons: true, nativeScrollbars: true };
  Redoc.init('/openapi.json', options, document.getElementById('docs'));
});
`,
} as const;

function page(title: string, folder: string, files: { style?: string; script: string }): string {
  const style = files.style === undefined ? '' : `\n<link rel="stylesheet" href="${files.style}">`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">${style}
<script src="${files.script}" defer></script>
<script src="${folder}/start.js" defer></script>
</head>
<body><main id="docs"></main></body>
</html>
`;
}

const SWAGGER = page('Sikka: every route', '/docs', {
  style: '/docs/swagger-ui.css',
  script: '/docs/swagger-ui-bundle.js',
});
const REDOC = page('Sikka: the description', '/redoc', { script: '/redoc/redoc.standalone.js' });

/** The pages' scripts come from here alone; they ask only this bank. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";
/** Redoc's search is a worker, which it makes of a text of its own. */
const REDOC_POLICY = `${POLICY}; worker-src blob:`;

/** The one thing that Redoc would fetch from elsewhere is its maker's logo: nothing instead. */
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NO_LOGO = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';

type DocsRoutes = 'getDocs' | 'getDocsAsset' | 'getRedoc' | 'getRedocAsset';

/** The description of the API as pages, from this machine: nothing is fetched from elsewhere. */
export function docsRoutes(): Handlers<DocsRoutes> {
  const headers = { 'content-security-policy': POLICY };
  const redocHeaders = { 'content-security-policy': REDOC_POLICY };
  return {
    getDocs: async () => ({ ok: true, status: 200, value: SWAGGER, headers }),
    getDocsAsset: async ({ params }) => answer(await readSwagger(params.asset)),
    getRedoc: async () => ({ ok: true, status: 200, value: REDOC, headers: redocHeaders }),
    getRedocAsset: async ({ params }) => answer(await readRedoc(params.asset)),
  };
}

function answer(value: File | undefined): Reply<'getDocsAsset'> {
  if (value !== undefined) return { ok: true, status: 200, value };
  return { ok: false, code: 'request/not_found', detail: 'There is nothing at this path.' };
}

/** What may be had of the package, and as what; nothing else of it is served. */
async function readSwagger(asset: string): Promise<File | undefined> {
  switch (asset) {
    case 'start.js':
      return script(START.swagger);
    case 'swagger-ui.css':
      return file('text/css', await read(`swagger-ui-dist/${asset}`));
    case 'swagger-ui-bundle.js':
      return file('text/javascript', await read(`swagger-ui-dist/${asset}`));
    default:
      return undefined;
  }
}

async function readRedoc(asset: string): Promise<File | undefined> {
  switch (asset) {
    case 'start.js':
      return script(START.redoc);
    case 'redoc.standalone.js': {
      const bundle = await read(`redoc/bundles/${asset}`);
      const text = bundle?.toString('utf8').replaceAll(LOGO, NO_LOGO);
      return text === undefined ? undefined : script(text);
    }
    default:
      return undefined;
  }
}

function script(text: string): File {
  return { mediaType: 'text/javascript', bytes: Buffer.from(text) };
}

function file(mediaType: string, bytes: Buffer | undefined): File | undefined {
  return bytes === undefined ? undefined : { mediaType, bytes };
}

/** Undefined where the package is not installed: Redoc is for whoever develops. */
async function read(place: string): Promise<Buffer | undefined> {
  const [name = '', ...rest] = place.split('/');
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const folder = folders.map((one) => path.join(one, name)).find((one) => existsSync(one));
  return folder === undefined ? undefined : readFile(path.join(folder, ...rest));
}
