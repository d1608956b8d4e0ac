import type { Docket, OpenAllowance } from './docket.ts';

/**
 * spec/settlement.md §4 (a): where the last allowed sequence settled now, it says what was spent
 * in all, so the rest goes back at once. What is missing before it stays reserved. After all else
 * in the batch: where there is a proof, nothing goes back before that case is decided.
 */
export function release(docket: Docket, allowance: OpenAllowance): void {
  const { terms, finalSpentMinor, proved } = allowance;
  if (finalSpentMinor === undefined || proved) return;
  const { id, limitMinor, currency, reservation, payerOffline } = terms;
  const amountMinor = limitMinor - finalSpentMinor;
  if (amountMinor === 0n) return;
  allowance.releasedMinor += amountMinor;
  const [debit, credit] = [reservation, payerOffline];
  docket.moves.push({ kind: 'release', debit, credit, amountMinor, currency, reference: id });
}
