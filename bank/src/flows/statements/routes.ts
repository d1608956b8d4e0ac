import { setTimeout as pause } from 'node:timers/promises';
import type { File } from '@sikka/api';
import type { Handlers, Refused } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import type { Pool, Tx } from '../../db/index.ts';
import { closeBooks } from '../../ledger/index.ts';
import { booksOf } from './books.ts';
import { writeCamt053 } from './camt053.ts';
import { writeCsv } from './csv.ts';
import { limits } from './limits.ts';
import { readPeriod } from './period.ts';
import type { Statement } from './statement.ts';
import * as store from './store.ts';
import { walletStatement } from './wallet.ts';

type Format = 'csv' | 'camt.053';

/** What moved on one wallet, for its owner; and in the whole ledger, for the bank's staff. */
export function statementRoutes({
  pool,
}: {
  readonly pool: Pool;
}): Handlers<'getStatement' | 'exportSettlement'> {
  return {
    getStatement: async ({ caller, params, query, now }) => {
      const { format = 'csv' } = query;
      const read = await atOneMoment(pool, async (tx) => {
        const asked = { number: params.wallet_id, accountId: caller.accountId };
        const wallet = await store.readWalletAccount(tx, asked);
        if (wallet === undefined) return { ok: false, code: 'wallet/not_found' } as const;
        const period = readPeriod(
          { from: query.from, to: query.to },
          {
            ...{ now, lastDay: now, usualDays: limits.walletUsualDays },
            ...{ mostDays: limits.walletDays, pastDays: limits.walletPastDays },
          },
        );
        const most = format === 'csv' ? limits.csvEntries : limits.camtEntries;
        return period.ok ? walletStatement(tx, wallet, { ...period.value, most }) : period;
      });
      if (!read.ok) return refuse(read.code);
      return filed([read.value], { name: `statement-${params.wallet_id}`, format, now });
    },
    exportSettlement: async ({ query, now }) => {
      const { format = 'csv' } = query;
      const lastDay = query.from === undefined ? dayBefore(now) : now;
      const period = readPeriod(
        { from: query.from, to: query.to },
        {
          ...{ now, lastDay, usualDays: 1, mostDays: limits.ledgerDays },
          ...{ pastDays: limits.ledgerPastDays, closingMs: limits.closingMs },
        },
      );
      if (!period.ok) return refuse(period.code);
      const { until } = period.value;
      if (until < now && !(await close(pool, until))) return refuse('statement/period_open');
      const statements = await atOneMoment(pool, async (tx) => {
        const flows = await store.readFlows(tx, period.value);
        return booksOf(await store.readClassBalances(tx), flows, period.value);
      });
      return filed(statements, { name: 'settlement', format, now });
    },
  };
}

/** From here on nothing is dated before that moment, and all that was is there to be read. */
async function close(pool: Pool, until: Date): Promise<boolean> {
  const closed = await closeBooks(pool, { until, afterMs: limits.closingMs });
  return closed && haveCommitted(pool);
}

/** Whether all who have written transfers by now have committed; waits for them for a while. */
async function haveCommitted(pool: Pool): Promise<boolean> {
  const writers = await store.readWriters(pool);
  for (let waited = 0; writers.length > 0; waited += limits.writersPollMs) {
    const now = new Set(await store.readWriters(pool));
    if (!writers.some((writer) => now.has(writer))) return true;
    if (waited >= limits.writersMs) return false;
    await pause(limits.writersPollMs);
  }
  return true;
}

/** Balances, sums and entries of one snapshot: what moves meanwhile is in none of them. */
function atOneMoment<T>(pool: Pool, read: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(pool, read, { isolation: 'repeatable read', readOnly: true });
}

function dayBefore(now: Date): Date {
  return new Date(now.getTime() - 86_400_000);
}

function filed(
  statements: readonly Statement[],
  { name, format, now }: { readonly name: string; readonly format: Format; readonly now: Date },
) {
  const isCsv = format === 'csv';
  const text = isCsv ? writeCsv(statements) : writeCamt053(statements, now);
  const value: File = {
    mediaType: isCsv ? 'text/csv; charset=utf-8' : 'application/xml',
    bytes: new TextEncoder().encode(text),
  };
  const day = (time: Date | undefined) => time?.toISOString().slice(0, 10).replaceAll('-', '');
  const [first] = statements;
  const last = first && new Date(first.until.getTime() - 1);
  const file = [name, day(first?.from), day(last)].filter((part) => part !== undefined).join('-');
  const disposition = `attachment; filename="${file}.${isCsv ? 'csv' : 'xml'}"`;
  return { ok: true, status: 200, value, headers: { 'content-disposition': disposition } } as const;
}

const sentences = {
  'wallet/not_found': 'There is no such wallet, or it is not yours.',
  'statement/date_invalid': 'That is no day such as 2026-11-21 and no time of UTC.',
  'statement/period_empty': 'The period ends before it begins, or has not begun.',
  'statement/period_too_long': 'The period has more days than one file tells of.',
  'statement/too_long_ago': 'It begins longer ago than statements are made of.',
  'statement/period_open': 'Something decided in this period is still being written.',
  'statement/too_many_entries': 'More moved in that period than one file tells of.',
} as const;

function refuse(code: keyof typeof sentences): Refused {
  return { ok: false, code, detail: sentences[code] };
}
