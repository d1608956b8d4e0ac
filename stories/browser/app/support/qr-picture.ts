import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule as prepareReader, readBarcodes } from 'zxing-wasm/reader';
import { prepareZXingModule as prepareWriter, writeBarcode } from 'zxing-wasm/writer';

const wasmOf = async (name: string) => {
  const file = createRequire(import.meta.url).resolve(`zxing-wasm/${name}/zxing_${name}.wasm`);
  return { wasmBinary: new Uint8Array(await readFile(file)).buffer };
};

/** A code as another phone shows it: a PNG, for a camera. */
export async function drawQr(text: string): Promise<Uint8Array> {
  await prepareWriter({ overrides: await wasmOf('writer'), fireImmediately: true });
  const { image, error } = await writeBarcode(text, { format: 'QRCode', scale: 6 });
  if (image === null) throw new Error(error);
  return new Uint8Array(await image.arrayBuffer());
}

/** What a phone reads off a picture of another one's screen. */
export async function readQr(png: Uint8Array): Promise<string> {
  await prepareReader({ overrides: await wasmOf('reader'), fireImmediately: true });
  const [found] = await readBarcodes(png, { formats: ['QRCode'], tryHarder: true });
  if (found === undefined) throw new Error('no code in the picture');
  return found.text;
}
