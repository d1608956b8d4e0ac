import QRCode from 'qrcode';
import { encodeBitmapPng } from './bitmap-png.ts';
import { limits } from './limits.ts';

export interface QrImages {
  /** One bit a pixel, black on white. At most 40 kB. */
  readonly png: Uint8Array;
  /** The same as two paths, one unit a module; holds nothing of the text but its modules. */
  readonly svg: string;
  /** 1 to 40; above 12 the module is drawn smaller, so that the picture fits a small screen. */
  readonly version: number;
  readonly level: 'M' | 'L';
}

/** Alphanumeric: 0–9, A–Z and nine signs, 5.5 bits each (spec/packets.md §2). Byte: UTF-8. */
export type QrKind = 'alphanumeric' | 'byte';

const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]+$/;
/** ISO/IEC 18004 §6.3.8: light modules around the symbol, without which cameras find no edge. */
const QUIET_ZONE = 4;

/**
 * Draws one QR code. Level M, or L where M would need a version above 20, whose modules are too
 * small for a cheap camera to waste on correction.
 * @throws RangeError for an empty text, one that its kind cannot hold, or one beyond version 40.
 */
export function qrImages(text: string, { kind }: { readonly kind: QrKind }): QrImages {
  const { modules, version, level } = drawModules(text, kind);
  const scale =
    version <= limits.qrLargeModuleVersion ? limits.qrModulePixels : limits.qrSmallPixels;
  const side = modules.size + 2 * QUIET_ZONE;
  const isDark = (row: number, column: number) =>
    isInside(row, modules.size) && isInside(column, modules.size)
      ? modules.get(row, column) === 1
      : false;
  const png = encodeBitmapPng(side * scale, (y, x) =>
    isDark(Math.floor(y / scale) - QUIET_ZONE, Math.floor(x / scale) - QUIET_ZONE),
  );
  return { png, svg: drawSvg(side, isDark), version, level };
}

function drawModules(text: string, kind: QrKind) {
  if (text === '' || (kind === 'alphanumeric' && !ALPHANUMERIC.test(text))) {
    throw new RangeError('A QR code of this kind cannot hold this text.');
  }
  const segments: QRCode.QRCodeSegment[] =
    kind === 'byte'
      ? [{ data: new TextEncoder().encode(text), mode: kind }]
      : [{ data: text, mode: kind }];
  const low = create(segments, 'L');
  if (low === undefined) throw new RangeError('The text is longer than a QR code holds.');
  const medium = create(segments, 'M');
  return medium !== undefined && medium.version <= limits.qrMediumLevelVersion ? medium : low;
}

/** Undefined where not even version 40 holds it. */
function create(segments: QRCode.QRCodeSegment[], level: 'M' | 'L') {
  try {
    const { modules, version } = QRCode.create(segments, { errorCorrectionLevel: level });
    return { modules, version, level };
  } catch {
    return undefined;
  }
}

function isInside(index: number, size: number): boolean {
  return index >= 0 && index < size;
}

/** One subpath for each run of dark modules in a row. */
function drawSvg(side: number, isDark: (row: number, column: number) => boolean): string {
  let dark = '';
  for (let row = 0; row < side; row += 1) {
    let from = 0;
    for (let column = 0; column < side; column += 1) {
      if (!isDark(row - QUIET_ZONE, column - QUIET_ZONE)) from = column + 1;
      else if (!isDark(row - QUIET_ZONE, column + 1 - QUIET_ZONE)) {
        dark += `M${from} ${row}h${column + 1 - from}v1H${from}z`;
      }
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" ` +
    `shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/>` +
    `<path d="${dark}"/></svg>`
  );
}
