import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const MODULE = 'virtual:catalogues';
const FOLDER = fileURLToPath(new URL('../../../i18n/app/', import.meta.url));
const LANGUAGES = ['en', 'ur'] as const;

/** One language's texts from its files by area; a key is the area and the name in its file. */
export function readCatalogue(language: string): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const file of readdirSync(join(FOLDER, language)).sort()) {
    const area = basename(file, '.json');
    const part = JSON.parse(readFileSync(join(FOLDER, language, file), 'utf8')) as unknown;
    for (const [name, text] of Object.entries(part as Record<string, unknown>)) {
      if (typeof text !== 'string') throw new Error(`${language}/${file}: ${name} is no text`);
      texts[`${area}.${name}`] = text;
    }
  }
  return texts;
}

/**
 * `virtual:catalogues`: where each language's texts are. They are files of their own beside the
 * scripts, named by their content, so that a phone loads the one language it shows.
 */
export function catalogues(): Plugin {
  return {
    name: 'sikka:catalogues',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const addresses = LANGUAGES.map((language) => {
        const source = JSON.stringify(readCatalogue(language));
        const file = this.emitFile({ type: 'asset', name: `${language}.json`, source });
        return `${language}: import.meta.ROLLUP_FILE_URL_${file}`;
      });
      return `export const CATALOGUES = { ${addresses.join(', ')} };`;
    },
  };
}
