import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { fileOf, SHOTS, THEMES } from './plan.ts';
import type { ShotLanguage } from './plan.ts';

/** Takes the pictures of one language, and knows which are still to be taken. */
export interface Taker {
  /** The screen as it is, light and dark; `id` is a planned shot's `area/name`. */
  take(page: Page, id: string): Promise<void>;
  /** What was planned and not taken. */
  missing(): readonly string[];
}

export interface TakerOptions {
  readonly folder: string;
  readonly language: ShotLanguage;
  readonly onTaken: (id: string) => void;
}

export function createTaker({ folder, language, onTaken }: TakerOptions): Taker {
  const planned = new Map(SHOTS.map((shot) => [`${shot.area}/${shot.name}`, shot]));
  const taken = new Set<string>();
  return {
    async take(page, id) {
      const shot = planned.get(id);
      if (shot === undefined) throw new Error(`no shot ${id} is planned`);
      for (const theme of THEMES) {
        // The app follows the phone, so a state that passes is seen in both.
        await page.emulateMedia({ colorScheme: theme });
        await page.locator(`html[data-theme=${theme}]`).waitFor({ state: 'attached' });
        await settle(page);
        const file = join(folder, fileOf(shot, language, theme));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, await page.screenshot({ type: 'png', animations: 'disabled' }));
      }
      await page.emulateMedia({ colorScheme: THEMES[0] });
      taken.add(id);
      onTaken(id);
    },
    missing: () => [...planned.keys()].filter((id) => !taken.has(id)),
  };
}

/** Typefaces are there and what was changed is drawn. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  });
}
