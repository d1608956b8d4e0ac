import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as VectorsPage from './page/vectors-page.ts';
import { findChromium, launchChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';

interface VectorFile {
  readonly case: string;
  readonly input: object;
  readonly expect: { readonly ok: boolean; readonly code?: string };
}

/** In the page: what its script exports. */
declare const vectors: typeof VectorsPage;

function filesOf(family: string): readonly VectorFile[] {
  const folder = new URL(`../../vectors/${family}/`, import.meta.url);
  return readdirSync(fileURLToPath(folder)).map(
    (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as VectorFile,
  );
}

const executable = findChromium();
const why = executable === undefined ? ' (skipped: no Chromium is installed)' : '';

describe.skipIf(executable === undefined)(`the protocol in a browser${why}`, () => {
  let server: PageServer | undefined;
  let browser: Browser | undefined;
  let page: Page;

  beforeAll(async () => {
    const script = `export * from './stories/browser/page/vectors-page.ts';`;
    server = await servePage({ script, name: 'vectors' });
    browser = await launchChromium(executable ?? '');
    page = await browser.newPage();
    await page.goto(server.url);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each(['encoding', 'suites', 'packets', 'qr', 'proofs'])(
    'answers every vector of %s as its file says',
    async (family) => {
      const files = filesOf(family);
      const answers = await page.evaluate(([name, inputs]) => vectors.answerAll(name, inputs), [
        family,
        files.map(({ input }) => input),
      ] as const);
      const differing = files.flatMap((file, index) => {
        const { ok, code } = file.expect;
        const want = code === undefined ? { ok } : { ok, code };
        const got = answers[index];
        return JSON.stringify(got) === JSON.stringify(want) ? [] : [{ file: file.case, got, want }];
      });
      expect(differing).toEqual([]);
      expect(files.length).toBeGreaterThan(0);
    },
  );
});
