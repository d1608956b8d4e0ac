/**
 * Draws the app's icons from the logo: `npx tsx apps/wallet/build/draw-icons.ts <chromium>`. The
 * pictures are committed; this runs again only when the logo changes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const folder = new URL('../public/icons/', import.meta.url);
const GROUND = '#0f2f27';
/** The part of the square that the coin fills; a maskable icon is cut to a circle of 80 %. */
const ICONS = [
  { file: 'icon-192.png', size: 192, part: 0.78, radius: 0.22 },
  { file: 'icon-512.png', size: 512, part: 0.78, radius: 0.22 },
  { file: 'maskable-512.png', size: 512, part: 0.58, radius: 0 },
] as const;

const [coin = ''] =
  /<g fill[^]*<\/g>(?=<\/g><\/svg>)/.exec(readFileSync(new URL('icon.svg', folder), 'utf8')) ?? [];

const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});
try {
  for (const { file, size, part, radius } of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const scale = part * (32 / 28);
    const shift = 16 * (1 - scale);
    await page.setContent(
      `<style>body{margin:0;background:transparent}svg{display:block}</style>` +
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="${size}">` +
        `<rect width="32" height="32" rx="${32 * radius}" fill="${GROUND}"/>` +
        `<g transform="translate(${shift} ${shift}) scale(${scale})">${coin}</g></svg>`,
    );
    writeFileSync(new URL(file, folder), await page.screenshot({ omitBackground: true }));
    await page.close();
  }
} finally {
  await browser.close();
}
