import { open, writeFile } from 'node:fs/promises';
import QRCode from 'qrcode';

/** What Chromium's camera of a file shows (`--use-file-for-fake-video-capture`). */
export interface CameraFile {
  /** Holds a code with this text before the camera until something else is shown. */
  show(text: string): Promise<void>;
  showNothing(): Promise<void>;
}

const WIDTH = 1280;
const HEIGHT = 720;
const FRAMES_PER_SECOND = 30;
/** Chromium plays them in turn, for ever. */
const FRAMES = 2;
const HEADER = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`;
const GREY = 110;
const WHITE = 235;
const BLACK = 25;
/** The part of the frame's height that the code fills with its quiet zone of four modules. */
const FILLED = 0.9;
const QUIET = 4;

/**
 * Writes over the file that Chromium reads, always as many bytes: a camera that is open sees it
 * from its next round on.
 */
export async function createCameraFile(file: string): Promise<CameraFile> {
  const put = async (shades: Uint8Array) => {
    const colours = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
    const frame = Buffer.concat([Buffer.from('FRAME\n'), shades, colours]);
    const video = Buffer.concat([Buffer.from(HEADER), ...Array<Buffer>(FRAMES).fill(frame)]);
    const written = await open(file, 'r+');
    await written.write(video, 0, video.length, 0);
    await written.close();
  };
  const nothing = () => new Uint8Array(WIDTH * HEIGHT).fill(GREY);
  await writeFile(file, '');
  await put(nothing());
  return { show: (text) => put(draw(text, nothing())), showNothing: () => put(nothing()) };
}

function draw(text: string, frame: Uint8Array): Uint8Array {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const side = Math.floor(HEIGHT * FILLED);
  const modulePixels = side / (modules.size + 2 * QUIET);
  const [left, top] = [(WIDTH - side) >> 1, (HEIGHT - side) >> 1];
  const isDark = (row: number, column: number) =>
    Math.min(row, column) >= 0 &&
    Math.max(row, column) < modules.size &&
    modules.get(row, column) === 1;
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / modulePixels) - QUIET;
    for (let x = 0; x < side; x++) {
      const column = Math.floor(x / modulePixels) - QUIET;
      frame[(top + y) * WIDTH + left + x] = isDark(row, column) ? BLACK : WHITE;
    }
  }
  return frame;
}
