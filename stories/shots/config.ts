import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LANGUAGES } from './plan.ts';
import type { ShotLanguage } from './plan.ts';

/** What a run is told: `npm run shots -- ur` takes one language, and keeps the other's pictures. */
export interface ShotsConfig {
  readonly languages: readonly ShotLanguage[];
  /** Where pictures and the gallery lie. */
  readonly folder: string;
  /** Where the sheets that docs show lie. */
  readonly sheets: string;
  /** The drawn screens; a folder beside the checkout, which may be absent. */
  readonly drawn: string;
  /** For the bank: the built app, where it is not in its usual place. */
  readonly settings: Readonly<Record<string, string>>;
}

export function readShotsConfig(args: readonly string[]): ShotsConfig {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const asked = LANGUAGES.filter((language) => args.includes(language));
  const app = process.env['WALLET_APP_DIR'] ?? '';
  return {
    languages: asked.length === 0 ? LANGUAGES : asked,
    folder: join(root, 'shots-out'),
    sheets: join(root, 'docs/screens'),
    drawn: join(root, '../shared/look/shots'),
    settings: app === '' ? {} : { WALLET_APP_DIR: app },
  };
}
