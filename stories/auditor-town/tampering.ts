import { audit } from '@sikka/auditor';
import type { CheckName, CheckResult } from '@sikka/auditor';
import type { IssuerKeys } from '@sikka/protocol';
import { expect } from 'vitest';
import { busyMonth } from './busy-month.ts';
import type { BusyMonth } from './busy-month.ts';
import { copyOf } from './copy.ts';
import type { Copy } from './copy.ts';

/** What the owner of a database does to it, with all rights, and what gives him away. */
export interface Tampering {
  readonly name: string;
  readonly sql: string;
  readonly check: CheckName;
  readonly table: string;
  /** Reads the key of the row that has to be named, before anything is done. */
  readonly key?: string;
  readonly what: RegExp;
}

/** A month that is over, to be copied and tampered with. */
export interface Tampered {
  readonly month: BusyMonth;
  readonly issuers: IssuerKeys;
  drop(): Promise<void>;
}

export async function startTampering(): Promise<Tampered> {
  const month = await busyMonth();
  const issuers = await month.town.issuers();
  await month.town.stop();
  return { month, issuers, drop: () => month.town.drop() };
}

/** The checks that fail on a tampered copy, audited with the true keys and what was kept. */
export async function wrongChecks(
  { month, issuers }: Tampered,
  tamper: (copy: Copy) => Promise<void>,
  kept: readonly Uint8Array[] = [month.kept],
): Promise<ReadonlyMap<CheckName, CheckResult>> {
  const copy = await copyOf(month.town.home);
  try {
    await tamper(copy);
    const options = { databaseUrl: copy.url, trustedIssuers: issuers, keptCheckpoints: kept };
    const { ok, checks } = await audit(options);
    const wrong = checks.filter((check) => !check.ok);
    expect(ok).toBe(wrong.length === 0);
    return new Map(wrong.map((check) => [check.name, check]));
  } finally {
    await copy.drop();
  }
}

export async function expectNamed(
  tampered: Tampered,
  { sql, check, table, key, what }: Tampering,
): Promise<void> {
  let expected: unknown;
  const wrong = await wrongChecks(tampered, async (copy) => {
    if (key !== undefined) expected = JSON.parse(await copy.value(key)) as unknown;
    await copy.execute(sql);
  });
  const firstWrong = wrong.get(check)?.firstWrong;
  expect(firstWrong).toMatchObject({ table });
  expect(firstWrong?.what).toMatch(what);
  if (expected !== undefined) expect(firstWrong?.key).toEqual(expected);
}
