import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/sikka-fonts/', import.meta.url));

/** What src/design/fonts.css calls the folder of the faces. */
export const FONT_FOLDER = '@subset-fonts';

interface Face {
  readonly file: string;
  readonly source: string;
  readonly characters: string;
}

/** ASCII, the no-break space, and the marks that English texts are set with. */
const LATIN = `${range(0x20, 0x7e)}\u00a0·–—’‘“”…−×•`;

/**
 * The Urdu alphabet with the letters that Arabic names bring, the marks over and under them,
 * punctuation, Urdu and Arabic-Indic digits, the space (its width and the line's height come from
 * the face that supplies it) and the joiners.
 */
export const URDU = [
  ' ',
  'ءآأؤئابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھۂۃۀیےۓةهكيىإ',
  `${range(0x064b, 0x0652)}\u0654\u0655\u0656\u0657\u0670`,
  '،؛؟۔٪٫٬',
  range(0x0660, 0x0669),
  range(0x06f0, 0x06f9),
  range(0x200c, 0x200f),
].join('');

const FACES: readonly Face[] = [
  {
    file: 'golos-latin.woff2',
    source: '@fontsource-variable/golos-text/files/golos-text-latin-wght-normal.woff2',
    characters: LATIN,
  },
  {
    file: 'nastaliq-400.woff2',
    source: '@fontsource/noto-nastaliq-urdu/files/noto-nastaliq-urdu-arabic-400-normal.woff2',
    characters: URDU,
  },
  {
    file: 'nastaliq-600.woff2',
    source: '@fontsource/noto-nastaliq-urdu/files/noto-nastaliq-urdu-arabic-600-normal.woff2',
    characters: URDU,
  },
];

function range(first: number, last: number): string {
  return String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, at) => first + at));
}

/**
 * The faces cut down to what the app writes, beside node_modules, named by what went into them:
 * cutting takes seconds, so it is done once. Returns their folder.
 */
export async function subsetFonts(): Promise<string> {
  const hash = createHash('sha256');
  const sources = FACES.map(({ source, characters }) => {
    const bytes = readFileSync(require.resolve(source));
    hash.update(bytes).update(characters);
    return bytes;
  });
  const folder = join(CACHE, hash.digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  for (const [index, { file, characters }] of FACES.entries()) {
    const target = join(folder, file);
    const source = sources[index];
    if (source === undefined || existsSync(target)) continue;
    const cut = await subsetFont(source, characters, { targetFormat: 'woff2' });
    // Two builds at once: each writes its own, the later name wins, both are the same bytes.
    const own = `${target}.${String(process.pid)}`;
    writeFileSync(own, cut);
    renameSync(own, target);
  }
  return folder;
}

/** Makes the faces before a build, and has the page ask for the first one at once. */
export function fonts(): Plugin {
  return {
    name: 'sikka:fonts',
    async config() {
      return { resolve: { alias: { [FONT_FOLDER]: await subsetFonts() } } };
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const latin = Object.keys(bundle).find((file) => /golos-latin.*\.woff2$/.test(file));
        if (latin === undefined) return [];
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true };
        return [{ tag: 'link', attrs: { ...attrs, href: `/app/${latin}` }, injectTo: 'head' }];
      },
    },
  };
}
