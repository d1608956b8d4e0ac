import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';

/** A cheap phone against this machine, as browsers' own tools have it. */
export const CPU_SLOWDOWN = 4;

const ARGUMENTS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

/** A browser of a phone's size on a disk of its own; `more` are Chromium's arguments. */
export async function openPhoneBrowser(options: {
  readonly executable: string;
  readonly disk: string;
  readonly more?: readonly string[];
}): Promise<BrowserContext> {
  const { executable, disk, more = [] } = options;
  return chromium.launchPersistentContext(disk, {
    executablePath: executable,
    args: [...ARGUMENTS, ...more],
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    permissions: more.length === 0 ? [] : ['camera'],
  });
}
