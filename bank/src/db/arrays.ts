/**
 * Array parameters as PostgreSQL reads them. The driver would quote and escape element by element,
 * which for rows that come a thousand at a time is a large part of what they cost. Undefined is
 * null.
 */

export function packNumbers(numbers: readonly (number | bigint | undefined)[]): string {
  return packed(numbers);
}

/** Of constants of ours: letters, digits and underscores, but not the word null. */
export function packWords(words: readonly (string | boolean | undefined)[]): string {
  return packed(words);
}

export function packTimes(times: readonly Date[]): string {
  return packed(times.map((at) => at.toISOString()));
}

export function packBytes(values: readonly (Uint8Array | undefined)[]): string {
  return packed(values.map((bytes) => bytes && `"\\\\x${hexOf(bytes)}"`));
}

function packed(elements: readonly (string | number | bigint | boolean | undefined)[]): string {
  return `{${elements.map((element) => element ?? 'NULL').join(',')}}`;
}

function hexOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('hex');
}
