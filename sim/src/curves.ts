/**
 * `npm run sim:curves`: what a thief with copies of one allowance costs, against limits, shops,
 * syncs and bulletins. Writes the charts and the tables of docs/risk.md; the same every time.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectedOf } from './curves/campaign.ts';
import type { Expected, Town } from './curves/campaign.ts';
import { svgOf } from './curves/chart.ts';
import type { Chart } from './curves/chart.ts';
import { createRandom } from './random.ts';

const HOUR = 3_600;
/** Enough for two digits. */
const THIEVES = 2_000;
/** In rupees. The fourth is the bank's default (migrations/0008_allowances.sql). */
const LIMITS = [2_500, 5_000, 10_000, 20_000, 50_000] as const;
const SHOPS = [2, 3, 5, 8, 12, 20, 30] as const;
const SYNCS = [1, 4, 8, 12, 24, 48, 72] as const;
const SPREADS = [0, 0.02, 0.05, 0.1, 0.2, 0.4] as const;

/** Twelve shops a day, half an hour apart, that sync every eight hours; nobody passes news on. */
const USUAL: Town = {
  limitMinor: 2_000_000n,
  shops: 12,
  gap: HOUR / 2,
  syncEvery: 8 * HOUR,
  spread: 0,
};

const root = fileURLToPath(new URL('../../', import.meta.url));

function expected(change: Partial<Town>): Expected {
  const town = { ...USUAL, ...change };
  const { limitMinor, shops, syncEvery, spread } = town;
  const random = createRandom(`curves/${limitMinor}/${shops}/${syncEvery}/${spread}`);
  return expectedOf(town, random, THIEVES);
}

const rupees = (minor: bigint) => Math.round(Number(minor) / 100);
const hours = (seconds: number) => seconds / HOUR;
const limitOf = (limit: number) => BigInt(limit) * 100n;

const CHARTS: Readonly<Record<string, Chart>> = {
  'loss-by-limit': {
    title: 'Expected loss per allowance, by its limit',
    x: 'limit of the allowance, Rs',
    y: 'loss, Rs',
    lines: [4, 8, 24].map((every) => ({
      name: `sync every ${every} h`,
      points: LIMITS.map((limit) => {
        const change = { limitMinor: limitOf(limit), syncEvery: every * HOUR };
        return [limit, rupees(expected(change).lossMinor)] as const;
      }),
    })),
  },
  'loss-by-shops': {
    title: 'Expected loss per allowance, by shops visited',
    x: 'shops visited, half an hour apart',
    y: 'loss, Rs',
    lines: [1, 4, 8, 24].map((every) => ({
      name: `sync every ${every} h`,
      points: SHOPS.map((shops) => {
        return [shops, rupees(expected({ shops, syncEvery: every * HOUR }).lossMinor)] as const;
      }),
    })),
  },
  'detection-by-sync': {
    title: 'Time to the proof, by sync interval',
    x: 'a till syncs every … hours',
    y: 'hours after the first contradiction',
    lines: [3, 12, 30].flatMap((shops) => [
      {
        name: `${shops} shops, mean`,
        points: SYNCS.map((every) => {
          const found = expected({ shops, syncEvery: every * HOUR });
          return [every, hours(found.detectedAfter)] as const;
        }),
      },
    ]),
  },
  'loss-by-spread': {
    title: 'Expected loss per allowance, by how bulletins spread',
    x: 'customers who pass the bulletin on, per cent',
    y: 'loss, Rs',
    lines: [8, 24, 72].map((every) => ({
      name: `sync every ${every} h`,
      points: SPREADS.map((spread) => {
        const change = { spread, syncEvery: every * HOUR, shops: 30 };
        return [spread * 100, rupees(expected(change).lossMinor)] as const;
      }),
    })),
  },
};

function tableOf(): string {
  const rows = [1, 4, 8, 24, 72].map((every) => {
    const found = expected({ syncEvery: every * HOUR });
    const losses = LIMITS.map((limit) => {
      const { lossMinor } = expected({ syncEvery: every * HOUR, limitMinor: limitOf(limit) });
      return rupees(lossMinor).toLocaleString('en-GB');
    });
    const times = [found.detectedAfter, found.nineInTen].map((time) => hours(time).toFixed(1));
    return `| ${[`${every} h`, ...times, found.served.toFixed(1), ...losses].join(' | ')} |`;
  });
  const limits = LIMITS.map((limit) => `loss at Rs ${limit.toLocaleString('en-GB')}`);
  const head = ['sync every', 'mean h to proof', '9 in 10 within h', 'shops that take him'];
  const columns = [...head, ...limits];
  return [`| ${columns.join(' | ')} |`, `|${'---|'.repeat(columns.length)}`, ...rows].join('\n');
}

const BEGIN = '<!-- written by npm run sim:curves -->';
const END = '<!-- until here -->';

for (const [name, chart] of Object.entries(CHARTS)) {
  await writeFile(path.join(root, 'docs', 'risk', `${name}.svg`), svgOf(chart));
}
const page = path.join(root, 'docs', 'risk.md');
const text = await readFile(page, 'utf8');
const [before, after] = [text.split(BEGIN)[0] ?? '', text.split(END)[1]];
if (after === undefined) throw new Error(`docs/risk.md has no place between ${BEGIN} and ${END}.`);
const table = tableOf();
await writeFile(page, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
process.stdout.write(`${table}\n`);
