/** GF(2^8) with x^8 + x^4 + x^3 + x + 1, 0x11b (spec/packets.md §3): logarithms to base 3. */
const POLYNOMIAL = 0x11b;
const ORDER = 255;

const EXP = new Uint8Array(2 * ORDER);
const LOG = new Uint8Array(256);

for (let power = 0, value = 1; power < ORDER; power++) {
  EXP[power] = value;
  EXP[power + ORDER] = value;
  LOG[value] = power;
  const doubled = value << 1;
  value ^= doubled > 0xff ? doubled ^ POLYNOMIAL : doubled;
}

function lookUp(table: Uint8Array, index: number): number {
  return table[index] ?? 0;
}

export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : lookUp(EXP, lookUp(LOG, a) + lookUp(LOG, b));
}

/** The inverse of an element other than 0. */
export function invert(a: number): number {
  return lookUp(EXP, ORDER - lookUp(LOG, a));
}

/** target ← target + factor × source, byte by byte. */
export function addMultiple(target: Uint8Array, factor: number, source: Uint8Array): void {
  if (factor === 0) return;
  const log = lookUp(LOG, factor);
  for (let i = 0; i < target.length; i++) {
    const byte = source[i] ?? 0;
    if (byte !== 0) target[i] = (target[i] ?? 0) ^ lookUp(EXP, log + lookUp(LOG, byte));
  }
}

/** target ← factor × target. */
export function scale(target: Uint8Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = multiply(factor, target[i] ?? 0);
}
