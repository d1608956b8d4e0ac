import { parseIban } from '@sikka/protocol';

/** An account number without check digits, as some banks still print it. */
const DOMESTIC = /^[0-9]{6,24}$/;

/**
 * A person's account at a bank elsewhere, normalised: an IBAN with right check digits, or a bare
 * account number, which older clients send. Undefined for anything else.
 */
export function readBankAccount(text: string): string | undefined {
  const iban = parseIban(text);
  if (iban.ok) return iban.value;
  const digits = text.replaceAll(/[ -]/g, '');
  return DOMESTIC.test(digits) ? digits : undefined;
}
