import { CATALOGUES } from 'virtual:catalogues';
import type { Catalogue, MessageKey } from './catalogue.ts';

/** One message in both languages, for what is printed for everybody. */
export interface BothLanguages {
  readonly en: string;
  readonly ur: string;
}

/** Says messages without values in both languages; both catalogues are on every phone. */
export async function loadBothLanguages(): Promise<(key: MessageKey) => BothLanguages> {
  const [en, ur] = await Promise.all([CATALOGUES.en, CATALOGUES.ur].map(load));
  return (key) => ({ en: en?.[key] ?? key, ur: ur?.[key] ?? key });
}

async function load(address: string): Promise<Catalogue> {
  const answer = await fetch(address);
  // Built from i18n/app: text by key.
  return (await answer.json()) as Catalogue;
}
