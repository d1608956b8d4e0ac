import { open, writeFile } from 'node:fs/promises';
import { readPng } from './png.ts';
import type { GreyPicture } from './png.ts';

/** What Chromium's camera of a file shows (`--use-file-for-fake-video-capture`). */
export interface FakeCamera {
  /** For Chromium's arguments. */
  readonly file: string;
  /** Holds a picture before the camera until something else is shown. */
  show(png: Uint8Array, held?: Held): Promise<void>;
  /** Nothing but grey. */
  showNothing(): Promise<void>;
}

/** How a hand holds it. */
export interface Held {
  /** Degrees, clockwise. */
  readonly turned?: number;
  /** The part of the frame's height that the picture fills. */
  readonly size?: number;
  /** Sideways, as a part of the frame's height. */
  readonly shifted?: number;
}

const WIDTH = 1280;
const HEIGHT = 720;
/** Chromium plays them in turn, for ever. */
const FRAMES = 2;
const HEADER = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420jpeg\n`;
const BACKGROUND = 110;

/**
 * Writes what is shown over the file that Chromium reads: of the same size, so that a camera that
 * is open sees it from its next round on, and one that is opened later from the beginning.
 */
export async function createFakeCamera(file: string): Promise<FakeCamera> {
  const put = async (shades: Uint8Array) => {
    const frame = Buffer.concat([
      ...[Buffer.from('FRAME\n'), shades],
      Buffer.alloc((WIDTH * HEIGHT) / 2, 128),
    ]);
    const video = Buffer.concat([Buffer.from(HEADER), ...Array<Buffer>(FRAMES).fill(frame)]);
    const written = await open(file, 'r+');
    await written.write(video, 0, video.length, 0);
    await written.close();
  };
  const nothing = new Uint8Array(WIDTH * HEIGHT).fill(BACKGROUND);
  await writeFile(file, '');
  await put(nothing);
  return {
    file,
    show: (png, held = {}) => put(draw(readPng(png), held)),
    showNothing: () => put(nothing),
  };
}

/** The picture on a grey table, as a camera that is a little turned sees it. */
function draw(picture: GreyPicture, { turned = 0, size = 0.9, shifted = 0 }: Held): Uint8Array {
  const frame = new Uint8Array(WIDTH * HEIGHT).fill(BACKGROUND);
  const scale = Math.max(picture.width, picture.height) / (HEIGHT * size);
  const [sin, cos] = [Math.sin((turned * Math.PI) / 180), Math.cos((turned * Math.PI) / 180)];
  const [centreX, centreY] = [WIDTH / 2 + shifted * HEIGHT, HEIGHT / 2];
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [dx, dy] = [(x - centreX) * scale, (y - centreY) * scale];
      const at = { x: cos * dx + sin * dy + picture.width / 2, y: cos * dy - sin * dx };
      const shade = shadeAt(picture, { x: at.x, y: at.y + picture.height / 2, width: scale });
      if (shade !== undefined) frame[y * WIDTH + x] = shade;
    }
  }
  return frame;
}

/** The mean of what one pixel of the camera covers, as a lens does it. */
function shadeAt(
  { width, height, shades }: GreyPicture,
  at: { readonly x: number; readonly y: number; readonly width: number },
): number | undefined {
  if (at.x < 0 || at.y < 0 || at.x >= width || at.y >= height) return undefined;
  const reach = Math.max(1, Math.round(at.width));
  const [fromX, fromY] = [at.x, at.y].map((one) => Math.floor(one - (reach - 1) / 2));
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, fromY!); y < Math.min(height, fromY! + reach); y++) {
    for (let x = Math.max(0, fromX!); x < Math.min(width, fromX! + reach); x++) {
      sum += shades[y * width + x] ?? 0;
      count += 1;
    }
  }
  return count === 0 ? undefined : Math.round(sum / count);
}
