import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** What is text to a compressor; fonts (woff2) and PNG are compressed already. */
const WORTH = new Set(['.js', '.css', '.html', '.json', '.svg', '.wasm', '.webmanifest']);
/** Below this a compressed answer is no smaller on the wire. */
const LEAST_BYTES = 1_000;
/** Above this the best brotli takes seconds and gains a hundredth. */
const BEST_BELOW_BYTES = 400_000;

/** Beside every file that is worth it, the same file as `.br` and `.gz`: servers only choose. */
export function compressed(): Plugin {
  let folder = '';
  return {
    name: 'sikka:compressed',
    apply: 'build',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const files = await readdir(folder, { recursive: true });
        const worth = files.filter((file) => WORTH.has(extname(file)));
        await Promise.all(worth.map((file) => compress(join(folder, file))));
      },
    },
  };
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (bytes.length < LEAST_BYTES) return;
  const quality = bytes.length < BEST_BELOW_BYTES ? 11 : 9;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
  const [brotli, zipped] = await Promise.all([
    promisify(brotliCompress)(bytes, { params }),
    promisify(gzip)(bytes, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${file}.br`, brotli), writeFile(`${file}.gz`, zipped)]);
}
