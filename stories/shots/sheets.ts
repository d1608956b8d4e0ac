import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../browser/support/chromium.ts';
import type { ShotsConfig } from './config.ts';
import { AREAS, fileOf, SHOTS, THEMES } from './plan.ts';
import type { PlannedShot, ShotLanguage } from './plan.ts';

/** So that docs stay light: 16 sheets are in the checkout, and in its history. */
const MOST_BYTES = 150_000;
/** Words in a picture stay words down to here; below it the pictures are made smaller instead. */
const QUALITIES = [80, 65, 50] as const;
const WIDTHS = [180, 156, 132, 120] as const;
/** At most so many beside each other. */
const COLUMNS = 7;
const STYLE = `
body { margin: 0; padding: 16px; background: #cfd6cc; width: max-content;
  display: grid; gap: 12px; grid-template-columns: repeat(var(--columns), var(--width)) }
img { width: var(--width); display: block; border-radius: 8px }`;

/** One picture an area and language: screens in light, and beneath each row the same in dark. */
export async function writeSheets(executable: string, config: ShotsConfig): Promise<void> {
  const browser = await launchChromium(executable);
  try {
    const page = await browser.newPage();
    await mkdir(config.sheets, { recursive: true });
    for (const language of config.languages) {
      for (const area of AREAS) {
        const sheet = await drawSheet(page, sheetOf(area, language, config.folder));
        await writeFile(join(config.sheets, `${area}-${language}.webp`), sheet);
      }
    }
  } finally {
    await browser.close();
  }
}

function sheetOf(area: PlannedShot['area'], language: ShotLanguage, folder: string): string {
  const shots = SHOTS.filter((shot) => shot.area === area);
  const rows = Array.from({ length: Math.ceil(shots.length / COLUMNS) }, (_, row) =>
    shots.slice(row * COLUMNS, (row + 1) * COLUMNS),
  );
  const columns = Math.min(COLUMNS, shots.length);
  const cells = rows.flatMap((row) =>
    THEMES.flatMap((theme) =>
      Array.from({ length: columns }, (_, column) => {
        const shot = row[column];
        if (shot === undefined) return '<div></div>';
        const file = join(folder, fileOf(shot, language, theme));
        if (!existsSync(file)) return '<div></div>';
        return `<img src="data:image/png;base64,${readFileSync(file).toString('base64')}">`;
      }),
    ),
  );
  return `<!doctype html><style>:root { --columns: ${columns} } ${STYLE}</style>${cells.join('')}`;
}

/** As WebP, as large and as good as fits. */
async function drawSheet(page: Page, html: string): Promise<Buffer> {
  await page.setContent(html, { waitUntil: 'load' });
  const session = await page.context().newCDPSession(page);
  let last = Buffer.alloc(0);
  try {
    for (const width of WIDTHS) {
      await page.setViewportSize(await sizeAt(page, width));
      for (const quality of QUALITIES) {
        const options = { format: 'webp', quality } as const;
        const { data } = await session.send('Page.captureScreenshot', options);
        last = Buffer.from(data, 'base64');
        if (last.length <= MOST_BYTES) return last;
      }
    }
    return last;
  } finally {
    await session.detach();
  }
}

/** How large the sheet is where each picture is so wide. */
function sizeAt(page: Page, width: number): Promise<{ width: number; height: number }> {
  return page.evaluate((pixels) => {
    document.documentElement.style.setProperty('--width', `${pixels}px`);
    const box = document.body.getBoundingClientRect();
    return { width: Math.ceil(box.width), height: Math.ceil(box.height) };
  }, width);
}
