/** A code's modules, row by row; what `QRCode.create(…).modules` of the encoder is. */
export interface QrMatrix {
  /** Modules on a side. */
  readonly size: number;
  /** `size` × `size`; dark where true or 1. */
  readonly data: ArrayLike<number | boolean>;
}

/** Modules of white around a code, as the QR standard asks. */
export const QUIET_ZONE = 4;

/** The widest a code gets, in css px: on a laptop more is no easier to scan. */
export const WIDEST_PX = 440;

/** Whole device pixels of one module: a code that is scaled to fractions is hard to scan. */
export function modulePixels(widthPx: number, ratio: number, size: number): number {
  const modules = size + 2 * QUIET_ZONE;
  return Math.max(1, Math.floor((Math.min(widthPx, WIDEST_PX) * ratio) / modules));
}

/** The dark runs of a code, one per stretch within a row. */
export function darkRuns({ size, data }: QrMatrix): readonly QrRun[] {
  const runs: QrRun[] = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!isDark(data[y * size + x])) continue;
      const from = x;
      while (x + 1 < size && isDark(data[y * size + x + 1])) x++;
      runs.push({ x: from, y, length: x - from + 1 });
    }
  }
  return runs;
}

export interface QrRun {
  readonly x: number;
  readonly y: number;
  readonly length: number;
}

const isDark = (module: number | boolean | undefined) => module === true || module === 1;
