const URDU_ZERO = 0x06f0;

/** Western digits, or Urdu ones (U+06F0 to U+06F9) where they are wanted. */
export function localDigits(text: string, urdu: boolean): string {
  if (!urdu) return text;
  return text.replaceAll(/[0-9]/g, (digit) => String.fromCharCode(URDU_ZERO + Number(digit)));
}

/** What was typed, with Urdu and Arabic-Indic digits as western ones. */
export function westernDigits(text: string): string {
  return text.replaceAll(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) =>
    String((digit.codePointAt(0) ?? 0) & 0xf),
  );
}
