import { parseAmount } from '@sikka/protocol';

/**
 * An amount as people type it: in any of the three kinds of digits, with or without separators of
 * thousands. Minor units, more than nothing; undefined for anything else.
 */
export function readTypedAmount(text: string, currency: number): bigint | undefined {
  const western = text
    .replaceAll(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) =>
      String((digit.codePointAt(0) ?? 0) & 0xf),
    )
    .replaceAll(/[\s,\u066c]/g, '')
    .replace('\u066b', '.');
  const parsed = parseAmount(western, currency);
  return parsed.ok && parsed.value > 0n ? parsed.value : undefined;
}
