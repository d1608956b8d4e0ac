import { currencyOf, formatAmount } from '@sikka/protocol';
import type { Handler } from '../caller.ts';
import type { Pool } from '../db/index.ts';
import { accountById } from '../identity/index.ts';
import { walletsOf } from '../wallets/index.ts';

/** Who is signed in, with both balances in the account's first currency. */
export function meRoute(pool: Pool): Handler<'getMe'> {
  return async ({ caller }) => {
    const account = await accountById(pool, caller.accountId);
    if (account === undefined) throw new Error('The caller has no account.');
    const { currency } = account;
    const wallets = (await walletsOf(pool, account.id)).filter((own) => own.currency === currency);
    const offline = wallets.filter(({ kind }) => kind === 'offline');
    const sum = (some: typeof wallets) =>
      some.reduce((total, own) => total + own.availableMinor + own.reservedMinor, 0n);
    const value = {
      id: account.publicId,
      email: account.email,
      name: account.name,
      phone: account.phone ?? null,
      emailVerified: true,
      totalBalance: formatAmount(sum(wallets), currency),
      offlineBalance: formatAmount(sum(offline), currency),
      currency: currencyOf(currency)?.alpha ?? String(currency),
      town: account.town ?? null,
      status: account.status,
      roles: [...account.roles],
    };
    return { ok: true, status: 200, value };
  };
}
