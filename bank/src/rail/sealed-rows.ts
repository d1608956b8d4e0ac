import { contextOf } from './payouts.ts';
import { SEALED_PAYEES } from './store/payouts.ts';

/** To whom payouts go that are not over, as `keys` seals it anew. */
export const sealedPayees = {
  ...{ name: 'payees', table: 'rail_payouts', statements: SEALED_PAYEES },
  contextOf: ({ key }: { readonly key: unknown }) => contextOf(key as string),
};
