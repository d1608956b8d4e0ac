import { randomBytes } from 'node:crypto';
import type { Role } from '@sikka/api';
import { record } from '../../src/audit/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import { openAccount } from '../../src/identity/index.ts';
import { bodyOf, startTestBank } from '../http/running-bank.ts';
import type { RunningBank } from '../http/running-bank.ts';

/** A bank that is no demo, with two operators and two people of finance. */
export interface StaffedBank extends RunningBank {
  readonly firstOperator: string;
  readonly secondOperator: string;
  readonly firstFinance: string;
  readonly secondFinance: string;
  /** A request by one of them; `as` undefined: without a token. */
  ask(as: string | undefined, path: string, body?: unknown): Promise<Asked>;
}

export interface Asked {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const STAFF = {
  'first-operator': 'pay_admin',
  'second-operator': 'pay_admin',
  'first-finance': 'finance',
  'second-finance': 'finance',
} as const satisfies Readonly<Record<string, Role>>;

export async function startStaffedBank(
  env: Readonly<Record<string, string>> = {},
): Promise<StaffedBank> {
  const secrets = {
    SECRET_KEY: randomBytes(33).toString('base64'),
    MASTER_KEY: randomBytes(32).toString('base64'),
  };
  const bank = await startTestBank({
    ...{ DEMO_MODE: 'off', BANK_ID: 'bank-of-chakwal' },
    ...{ ...secrets, ...env },
  });
  for (const [publicId, role] of Object.entries(STAFF)) {
    await openStaff(bank, publicId, [role]);
  }
  return {
    ...bank,
    ...{ firstOperator: 'first-operator', secondOperator: 'second-operator' },
    ...{ firstFinance: 'first-finance', secondFinance: 'second-finance' },
    ask: async (as, path, body) => {
      const answer = await bank.fetch(path, {
        method: body === undefined ? 'GET' : 'POST',
        ...(as === undefined ? {} : { as }),
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await bodyOf(answer) };
    },
  };
}

/** With the event that tells of it, as of everybody whose account somebody else opens. */
export async function openStaff(
  { ownerPool }: Pick<RunningBank, 'ownerPool'>,
  publicId: string,
  roles: readonly Role[],
): Promise<void> {
  await inTransaction(ownerPool, async (tx) => {
    const now = new Date();
    await openAccount(tx, { publicId, currency: 586, roles }, now);
    const subject = `account:${publicId}`;
    await record(tx, [{ actor: 'system', action: 'account.open', subject, outcome: 'ok' }], now);
  });
}
