/**
 * Categories the profile does not carry (spec/encoding.md §1): control, format, private use,
 * surrogates, line and paragraph separators. They hide or reorder what a person reads.
 */
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** Whether every character may stand in a document. */
export function isReadableText(text: string): boolean {
  return PRINTABLE_ASCII.test(text) || !UNREADABLE.test(text);
}

/** Whether a text may stand in a document as it is: readable and in NFC. */
export function isCanonicalText(text: string): boolean {
  return PRINTABLE_ASCII.test(text) || (!UNREADABLE.test(text) && text === text.normalize('NFC'));
}
