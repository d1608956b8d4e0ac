import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { browsersCrypto } from './build/browsers-crypto.ts';
import { catalogues } from './build/catalogues.ts';
import { compressed } from './build/compressed.ts';
import { fonts } from './build/fonts.ts';
import { serviceWorker } from './build/service-worker.ts';
import { thinRoutes } from './build/thin-routes.ts';

/** What a cheap phone that gets no more updates still has (decisions/0033). */
const OLDEST = ['chrome95', 'firefox95', 'safari15.4'];

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify(version) },
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/app/',
  clearScreen: false,
  logLevel: 'warn',
  plugins: [browsersCrypto(), fonts(), thinRoutes(), catalogues(), serviceWorker(), compressed()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The worker that decodes pictures is one file, which older browsers take as well.
  worker: { format: 'iife' },
  build: {
    target: OLDEST,
    cssTarget: OLDEST,
    // Every browser above preloads modules by itself.
    modulePreload: { polyfill: false },
    // A picture or a font in a data: address is not allowed by the page's policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // Else every start would say how long each plugin took.
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: { chunkFileNames, codeSplitting: { groups: [{ name: 'common', test: isCommon }] } },
    },
  },
});

/** Of the design and of what screens share, what the first screens are made of. */
const COMMON = {
  design: [
    ...['amount', 'button', 'classes', 'facts', 'field', 'form', 'icon', 'icon-paths', 'layout'],
    ...['notice', 'row', 'screen', 'text', 'toast', 'words'],
  ],
  screens: [
    ...['amounts', 'flash', 'form-screen', 'payment-words', 'title-bar'],
    ...['use-held-back', 'use-minute', 'use-task'],
  ],
} as const;

/**
 * In one file: by itself the bundler would make one of each set of areas that share something,
 * and a dozen small files compress worse than one (`stories/browser/app/first-load.test.ts`).
 */
function isCommon(id: string): boolean {
  if (/\/node_modules\/@?preact\//.test(id)) return true;
  const [, folder, name = ''] = /\/wallet\/src\/(design|screens)\/([\w-]+)\.\w+$/.exec(id) ?? [];
  return (
    (folder === 'design' || folder === 'screens') && COMMON[folder].some((one) => one === name)
  );
}

/** Each area of screens is a part of its own and is named so; the SDK is the part `wallet`. */
function chunkFileNames({ facadeModuleId }: { readonly facadeModuleId?: string | null }): string {
  const of = facadeModuleId ?? '';
  const [, area] = /\/screens\/(\w+)\/screens\.ts$/.exec(of) ?? [];
  const name = of.endsWith('/wallet/money.ts') ? 'wallet' : (area ?? '[name]');
  return `assets/${name}-[hash].js`;
}
