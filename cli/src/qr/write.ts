import QRCode from 'qrcode';

/** One QR code as it was drawn: its version (1–40) and the text it holds. */
export interface DrawnQr {
  readonly text: string;
  readonly version: number;
}

// spec/packets.md §2: alphanumeric mode, error correction level M. Four light modules around it
// (ISO/IEC 18004).
const LEVEL = 'M';
const QUIET_ZONE = 4;
const MODULE_PIXELS = 6;

const segments = (text: string): QRCode.QRCodeSegment[] => [{ data: text, mode: 'alphanumeric' }];

/** The QR version (1–40) that this text needs at level M. */
export const qrVersion = (text: string): number =>
  QRCode.create(segments(text), { errorCorrectionLevel: LEVEL }).version;

/** Draws a QR text as a PNG file, black on white. Refuses (throws) text beyond version 40. */
export const writeQrPng = async (path: string, text: string): Promise<DrawnQr> => {
  await QRCode.toFile(path, segments(text), {
    type: 'png',
    errorCorrectionLevel: LEVEL,
    margin: QUIET_ZONE,
    scale: MODULE_PIXELS,
  });
  return { text, version: qrVersion(text) };
};

/** Draws a QR text with half-block characters for a terminal, two modules a character. */
export const qrForTerminal = (text: string): string => {
  const { modules } = QRCode.create(segments(text), { errorCorrectionLevel: LEVEL });
  const size = modules.size;
  const dark = (row: number, column: number): boolean =>
    row >= 0 && column >= 0 && row < size && column < size && modules.get(row, column) === 1;
  const lines: string[] = [];
  for (let row = -QUIET_ZONE; row < size + QUIET_ZONE; row += 2) {
    let line = '';
    for (let column = -QUIET_ZONE; column < size + QUIET_ZONE; column += 1) {
      // Light modules are drawn, so that it reads on dark and on light terminals alike.
      const top = !dark(row, column);
      const bottom = !dark(row + 1, column);
      line += top && bottom ? '█' : top ? '▀' : bottom ? '▄' : ' ';
    }
    lines.push(line);
  }
  return lines.join('\n');
};
