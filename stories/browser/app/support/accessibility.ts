import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is half faded in has no contrast yet; what never ends is no such thing. */
const SETTLED = `Promise.race([
  new Promise((done) => setTimeout(done, 5000)),
  new Promise((done) => requestAnimationFrame(() => setTimeout(done))).then(() =>
    Promise.allSettled(document.getAnimations()
      .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity)
      .map((each) => each.finished))),
])`;

/** What axe-core finds serious or critical on the page as it is: one line each. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // Past the page's policy, which takes no script of ours: by the browser's own door.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  await session.send('Runtime.evaluate', { expression: SETTLED, awaitPromise: true });
  const { result } = await session.send('Runtime.evaluate', {
    ...{ awaitPromise: true, returnByValue: true },
    expression: 'axe.run(document, { resultTypes: ["violations"] })',
  });
  await session.detach();
  const { violations } = result.value as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => ({ id, ...node })))
    .map(({ id, html, failureSummary = '' }) => `${id}: ${html} ${oneLine(failureSummary)}`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
