import { hex, sha256 } from '@sikka/protocol';
import type { Verifier } from '@sikka/protocol';
import { record } from '../../audit/index.ts';
import type { Handlers } from '../../caller.ts';
import { inTransaction } from '../../db/index.ts';
import { KeysError } from '../../keys/index.ts';
import type { SealingOpeners } from '../../keys/index.ts';
import { foresee } from './foresee.ts';
import { limits } from './limits.ts';
import { listLedgerEvents } from './logs.ts';
import { readLedger } from './read.ts';
import type { Finding } from './sentences.ts';
import { settleLedger } from './settle.ts';
import type { SettlingLedgers } from './settle.ts';
import { examineLedger } from './verify.ts';
import type { Examination, Examined } from './verify.ts';

export interface LedgerDeps extends SettlingLedgers {
  readonly verifier: Verifier;
  readonly sealingOpeners: SealingOpeners;
}

/** Ledgers handed in by whoever has them: their signatures are what counts. */
export function ledgerRoutes(
  deps: LedgerDeps,
): Handlers<'verifyLedger' | 'settleLedger' | 'listBankLogs'> {
  const { pool } = deps;
  return {
    verifyLedger: async ({ raw, now }) => {
      const examined = await examine(deps, raw, now);
      if (examined === 'away') return away;
      const asked = { raw, now, asked: 'verify' } as const;
      if (!examined.ok) {
        const errors = await refuse(deps, examined, asked);
        return {
          ok: true,
          status: 200,
          value: { valid: false, errors, verified_transactions: [] },
        };
      }
      const foreseen = await foresee(pool, examined.value);
      const errors = foreseen.flatMap(({ error }) => error ?? []);
      const passing = foreseen.filter(({ error }) => error === undefined);
      await tellVerified(deps, examined.value, { ...asked, errors: errors.length });
      const verified = passing.map(({ txnId }) => txnId);
      const value = { valid: errors.length === 0, errors, verified_transactions: verified };
      return { ok: true, status: 200, value };
    },
    settleLedger: async ({ raw, now }) => {
      const examined = await examine(deps, raw, now);
      if (examined === 'away') return away;
      const done = examined.ok ? await settleLedger(deps, examined.value, now) : examined;
      if (!done.ok) {
        const errors = await refuse(deps, done, { raw, now, asked: 'settle' });
        const nothing = { settled: false, settled_transactions: [], audit_log_ids: [] };
        return { ok: true, status: 200, value: { ...nothing, errors } };
      }
      const { settled, errors, events } = done.value;
      const value = {
        settled: settled.length > 0,
        settled_transactions: [...settled],
        errors: [...errors],
        audit_log_ids: events.map(String),
      };
      return { ok: true, status: 200, value };
    },
    listBankLogs: async ({ query }) => ({
      ok: true,
      status: 200,
      value: await listLedgerEvents(pool, query),
    }),
  };
}

async function examine(
  { pool: db, verifier, sealingOpeners }: LedgerDeps,
  raw: Uint8Array,
  now: Date,
): Promise<Examination | 'away'> {
  try {
    const read = await readLedger(sealingOpeners, raw, now);
    return read.ok ? await examineLedger({ db, verifier }, read.value) : read;
  } catch (error) {
    if (error instanceof KeysError) return 'away';
    throw error;
  }
}

interface Asked {
  readonly raw: Uint8Array;
  readonly now: Date;
  readonly asked: 'verify' | 'settle';
}

/** What is refused leaves an event and nothing else. */
async function refuse(
  { pool }: LedgerDeps,
  { findings, signer }: Pick<Examination & { readonly ok: false }, 'findings' | 'signer'>,
  { raw, now, asked }: Asked,
): Promise<string[]> {
  const event = {
    actor: `ledger:${signer?.userId ?? 'open'}`,
    action: 'ledger.refused',
    subject: `ledger:${hex(sha256(raw))}`,
    outcome: codeOf(findings),
    details: { asked, findings: findings.length },
  };
  await inTransaction(pool, (tx) => record(tx, [event], now));
  return findings.slice(0, limits.findings).map(({ sentence }) => sentence);
}

function codeOf(findings: readonly Finding[]): string {
  const [first] = findings;
  if (first === undefined) throw new Error('A refusal says why.');
  return first.code;
}

async function tellVerified(
  { pool }: LedgerDeps,
  { signer, entries }: Examined,
  { raw, now, errors }: Asked & { readonly errors: number },
): Promise<void> {
  const event = {
    actor: `ledger:${signer?.userId ?? 'open'}`,
    action: 'ledger.verified',
    subject: `ledger:${hex(sha256(raw))}`,
    outcome: errors === 0 ? 'ok' : 'with_errors',
    details: { entries: entries.length, errors },
  };
  await inTransaction(pool, (tx) => record(tx, [event], now));
}

const away = {
  ok: false,
  code: 'server/unavailable',
  detail: 'The bank’s key vault does not answer now. Send the same ledger again.',
} as const;
