/** Numbers below 2^32, the same for the same seed (xorshift32). */
const numbers = (seed: number): (() => number) => {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
};

const OVERSIZED = 5_000;

/** Makes bytes that are none of the originals, by one to four small changes or rougher ones. */
export const mutator = (originals: readonly Uint8Array[], seed: number): (() => Uint8Array) => {
  const next = numbers(seed);
  const below = (limit: number): number => next() % Math.max(1, limit);
  const pick = (): Uint8Array => originals[below(originals.length)] ?? new Uint8Array(1);
  const change = (bytes: Uint8Array): Uint8Array => {
    const at = below(bytes.length);
    const copy = Uint8Array.from(bytes);
    switch (below(8)) {
      case 0:
        copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
        return copy;
      case 1:
        copy[at] = below(256);
        return copy;
      case 2:
        return copy.subarray(0, at);
      case 3:
        return Uint8Array.from([...copy.subarray(0, at), below(256), ...copy.subarray(at)]);
      case 4:
        return Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(at + 1)]);
      case 5:
        // The kind, type, version and suite stand in the first bytes of packets and payloads.
        copy[below(Math.min(8, copy.length))] = below(24);
        return copy;
      case 6:
        return Uint8Array.from([...copy.subarray(0, at), ...pick().subarray(at)]);
      default:
        return below(50) === 0
          ? Uint8Array.from([...copy, ...new Uint8Array(OVERSIZED)])
          : Uint8Array.from([...copy, below(256)]);
    }
  };
  const isOriginal = (bytes: Uint8Array): boolean =>
    originals.some(
      (original) =>
        original.length === bytes.length && original.every((byte, at) => byte === bytes[at]),
    );
  return () => {
    let bytes = pick();
    do {
      const changes = 1 + below(4);
      for (let done = 0; done < changes; done += 1) bytes = change(bytes);
    } while (isOriginal(bytes));
    return bytes;
  };
};
