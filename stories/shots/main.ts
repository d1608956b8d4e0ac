/** `npm run shots`: every screen of the wallet app, both languages, light and dark. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findChromium } from '../browser/support/chromium.ts';
import { begin, settle, unlock } from './chapters/beginning.ts';
import { moveMoney } from './chapters/money.ts';
import { payNearby } from './chapters/nearby.ts';
import { payOffline, payOnline, scanInVain } from './chapters/pay.ts';
import { backUp, lookAround, lookBack, rollBack } from './chapters/records.ts';
import { closeDay, judge, openTill } from './chapters/till.ts';
import { readShotsConfig } from './config.ts';
import { galleryOf } from './gallery.ts';
import type { ShotLanguage } from './plan.ts';
import { LANGUAGES, SHOTS } from './plan.ts';
import { writeSheets } from './sheets.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { createTaker } from './taker.ts';

const config = readShotsConfig(process.argv.slice(2));
const executable = findChromium();
if (executable === undefined) {
  console.error('No browser: install Chromium or set CHROMIUM_PATH.');
  process.exitCode = 2;
} else {
  let missing = 0;
  for (const language of config.languages) missing += await takeAll(executable, language);
  await writeFile(join(config.folder, 'index.html'), galleryOf(config));
  await writeSheets(executable, config);
  console.log(`${join(config.folder, 'index.html')} shows them beside the drawn ones.`);
  process.exitCode = missing === 0 ? 0 : 1;
}

/** Gives how many were not taken. */
async function takeAll(browser: string, language: ShotLanguage): Promise<number> {
  const all = SHOTS.length * config.languages.length;
  let taken = SHOTS.length * (config.languages === LANGUAGES ? LANGUAGES.indexOf(language) : 0);
  const taker = createTaker({
    ...{ folder: config.folder, language },
    onTaken: (id) => {
      taken += 1;
      console.log(`${taken} of ${all}  ${language}  ${id}`);
    },
  });
  const { settings } = config;
  const stage = await openStage({ executable: browser, language, taker, settings });
  const ending: Promise<void>[] = [];
  const interrupt = () => {
    ending.push(stage.close().finally(() => process.exit(130)));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await act(stage, () => ending.length > 0);
    // Nothing more is begun while this ends.
    await Promise.all(ending);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await stage.close();
  }
  const missing = taker.missing();
  if (missing.length > 0) console.error(`Not taken in ${language}: ${missing.join(', ')}`);
  return missing.length;
}

/** The day, in its order: what comes later needs what was before. */
async function act(stage: Stage, isInterrupted: () => boolean): Promise<void> {
  const chapters: readonly (readonly [string, (on: Stage) => Promise<void>])[] = [
    ['the beginning', begin],
    ['money', moveMoney],
    ['the till', async (on) => settle(on.bilal, 'bilal').then(() => openTill(on))],
    ['paying online', payOnline],
    ['paying offline', payOffline],
    ['verdicts', judge],
    ['looking back', lookBack],
    ['a till close by', payNearby],
    ['the evening', closeDay],
    ['backup', backUp],
    ['looking around', lookAround],
    ['scanning in vain', scanInVain],
    ['unlocking', unlock],
    ['a phone put back', rollBack],
  ];
  for (const [name, chapter] of chapters) {
    try {
      await chapter(stage);
    } catch (error) {
      if (isInterrupted()) return;
      // The others are worth their pictures; what is missing is named at the end.
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`${name}: ${reason}`);
      await keepFailure(stage, name);
    }
  }
}

/** How both phones looked when a chapter went wrong. */
async function keepFailure({ ayesha, bilal }: Stage, chapter: string): Promise<void> {
  for (const [who, { page }] of Object.entries({ ayesha, bilal })) {
    const path = join(config.folder, 'failed', `${chapter.replaceAll(' ', '-')}-${who}.png`);
    await page.screenshot({ path }).catch(() => undefined);
    console.error(`  ${page.url()}  ${path}`);
  }
}
