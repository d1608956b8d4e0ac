import type { DecodeAnswer, DecodeAsk } from './decoder-worker.ts';
import workerAddress from './decoder-worker.ts?worker&url';
import { scriptUrl } from './script-url.ts';

/** Finds QR codes in pictures: the phone's own finder where it has one, else zxing in a worker. */
export interface Decoder {
  /** The texts in what a video shows now; none while it shows nothing. Never rejects. */
  readFrame(video: HTMLVideoElement): Promise<readonly string[]>;
  /** The texts in a picture that somebody chose. Never rejects. */
  readPicture(file: Blob): Promise<PictureAnswer>;
  close(): void;
}

export type PictureAnswer =
  | { readonly ok: true; readonly texts: readonly string[] }
  | { readonly ok: false; readonly reason: 'too_large' | 'no_picture' };

/** A photo of a 50-megapixel phone; more is an attack on the page's memory. */
const MOST_PICTURE_BYTES = 30_000_000;
/** The longer side that is looked at: a code in a photo has at least three pixels a module. */
const MOST_SIDE = 1_600;
/** A frame is decoded within these, or the next one is as good. */
const MOST_FRAME_SIDE = 960;

/** Anything whose codes are looked for; `closely` takes its time. */
type Find = (
  source: HTMLVideoElement | ImageBitmap,
  size: { readonly width: number; readonly height: number; readonly closely: boolean },
) => Promise<readonly string[]>;

export async function openDecoder(): Promise<Decoder> {
  const { find, close } = (await openOwn()) ?? openWorker();
  return {
    async readFrame(video) {
      const { videoWidth: width, videoHeight: height } = video;
      if (width === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return [];
      return find(video, { ...within(width, height, MOST_FRAME_SIDE), closely: false });
    },
    async readPicture(file) {
      if (file.size > MOST_PICTURE_BYTES) return { ok: false, reason: 'too_large' };
      const picture = await createImageBitmap(file).catch(() => undefined);
      if (picture === undefined) return { ok: false, reason: 'no_picture' };
      const size = within(picture.width, picture.height, MOST_SIDE);
      const texts = await find(picture, { ...size, closely: true });
      picture.close();
      return { ok: true, texts };
    },
    close,
  };
}

function within(width: number, height: number, most: number) {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

interface OwnDetector {
  detect(source: HTMLVideoElement | ImageBitmap): Promise<readonly { rawValue: string }[]>;
}

interface OwnDetectorType {
  new (options: { formats: readonly string[] }): OwnDetector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Shape Detection API: Chrome on Android, and Macs. */
async function openOwn(): Promise<{ find: Find; close: () => void } | undefined> {
  const { BarcodeDetector: Own } = globalThis as { readonly BarcodeDetector?: OwnDetectorType };
  const formats: readonly string[] = (await Own?.getSupportedFormats().catch(() => [])) ?? [];
  if (Own === undefined || !formats.includes('qr_code')) return undefined;
  const detector = new Own({ formats: ['qr_code'] });
  const find: Find = async (source) => {
    try {
      return (await detector.detect(source)).map(({ rawValue }) => rawValue);
    } catch {
      return [];
    }
  };
  return { find, close: () => undefined };
}

function openWorker(): { find: Find; close: () => void } {
  const worker = new Worker(scriptUrl(workerAddress));
  const waiting = new Map<number, (texts: readonly string[]) => void>();
  const giveUp = () => {
    for (const settle of waiting.values()) settle([]);
    waiting.clear();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<DecodeAnswer>) => {
    waiting.get(data.number)?.(data.texts);
    waiting.delete(data.number);
  });
  worker.addEventListener('error', giveUp);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let asked = 0;
  const find: Find = async (source, { width, height, closely }) => {
    if (context === null) return [];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.drawImage(source, 0, 0, width, height);
    const picture = context.getImageData(0, 0, width, height);
    const ask: DecodeAsk = { number: (asked += 1), picture, closely };
    return new Promise((resolve) => {
      waiting.set(ask.number, resolve);
      worker.postMessage(ask, [picture.data.buffer]);
    });
  };
  const close = () => {
    worker.terminate();
    giveUp();
  };
  return { find, close };
}
