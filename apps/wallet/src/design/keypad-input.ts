type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/** What a key of the keypad means. `clear` is a long press on delete. */
export type KeypadKey = Digit | '00' | 'delete' | 'clear';

/** A PIN after one more key: digits only, never more than `length`. */
export function typedPin(pin: string, key: KeypadKey, length = 6): string {
  if (key === 'clear') return '';
  if (key === 'delete') return pin.slice(0, -1);
  return (pin + key).slice(0, length);
}

/**
 * Whole units of an amount after one more key: no leading zeros. A key that would make it longer
 * than `most` digits does nothing, so that nobody asks for a tenth of what he typed.
 */
export function typedAmount(digits: string, key: KeypadKey, most = 7): string {
  if (key === 'clear') return '';
  if (key === 'delete') return digits.slice(0, -1);
  const next = (digits + key).replace(/^0+/, '');
  return next.length > most ? digits : next;
}
