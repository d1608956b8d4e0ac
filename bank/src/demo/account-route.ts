import { checkName, checkTown, currencyOf, parseAmount } from '@sikka/protocol';
import type { Handler } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Pool } from '../db/index.ts';
import { openPerson } from './open-person.ts';
import type { DemoDeps } from './open-person.ts';

export interface DemoAccountDeps extends DemoDeps {
  readonly pool: Pool;
  readonly demo: boolean;
}

/** A person with play money, for whoever tries the bank; refused outside demo mode. */
export function demoAccountRoute(deps: DemoAccountDeps): Handler<'createDemoAccount'> {
  const { pool, demo } = deps;
  return async ({ caller, body, now }) => {
    if (!demo) return { ok: false, code: 'demo/off', detail: 'This bank is not a demo.' };
    const { account, name, town } = body;
    if (!checkName(name).ok || !checkTown(town).ok) {
      const detail = 'The name or the town is not one that a credential can carry.';
      return { ok: false, code: 'request/invalid', detail };
    }
    const currency = currencyOf(body.currency);
    const amount = parseAmount(body.balance, body.currency);
    if (currency === undefined || !amount.ok) {
      const detail = 'The amount is not exact at the minor unit of a currency known here.';
      return { ok: false, code: 'amount/invalid', detail };
    }
    const { numeric } = currency;
    const roles = ['user'] as const;
    const person = { account, name, town, roles, currency: numeric, currentMinor: amount.value };
    const actor = `account:${caller.account}`;
    const opened = await inTransaction(pool, (tx) =>
      openPerson(tx, person, { ...deps, actor, now }),
    );
    if (opened) return { ok: true, status: 201, value: { account } };
    return { ok: false, code: 'demo/account_taken', detail: 'That id is taken.' };
  };
}
