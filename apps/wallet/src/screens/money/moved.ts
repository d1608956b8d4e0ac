import type { Speech } from '../../language/language.ts';
import { plainAmount } from '../../language/amount-text.ts';
import type { Moved } from '../../wallet/loads.ts';
import type { Amounts } from '../amounts.ts';

/** What is said of a move that ended: of that one, whichever was asked for. */
export function movedText(
  { kind, amountMinor }: Moved,
  { speech, amounts }: { readonly speech: Speech; readonly amounts: Amounts },
): string {
  const said = kind === 'load' ? 'money.loaded' : 'money.gaveBack';
  return speech.text(said, { amount: plainAmount(amounts.of(amountMinor)) });
}
