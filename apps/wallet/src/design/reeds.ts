interface Reeds {
  /** The side of the drawing's square. */
  readonly size: number;
  /** How many there are all round. */
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly inner: number;
  readonly outer: number;
}

const short = (value: number) => String(Math.round(value * 10) / 10);

/** The path of the reeds `from` (included) to `to` (not), clockwise from 12 o'clock. */
export function reeds({ size, count, from, to, inner, outer }: Reeds): string {
  const centre = size / 2;
  let path = '';
  for (let reed = Math.round(from); reed < to; reed++) {
    const angle = ((reed + 0.5) / count) * 2 * Math.PI;
    const point = (radius: number) =>
      `${short(centre + Math.sin(angle) * radius)} ${short(centre - Math.cos(angle) * radius)}`;
    path += `M${point(inner)}L${point(outer)}`;
  }
  return path;
}

/**
 * How many reeds of `count` are brass: a part of the whole, rounded down, but one while anything is
 * left and not all of them once anything is spent.
 */
export function reedsLeft(left: bigint, total: bigint, count: number): number {
  if (total <= 0n || left <= 0n) return 0;
  if (left >= total) return count;
  const part = Number((left * BigInt(count)) / total);
  return Math.min(Math.max(part, 1), count - 1);
}
