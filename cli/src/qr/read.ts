import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

// The decoder is ZXing's C++ code, not the encoder's library: an image that only its own author can
// read is no QR code.
let prepared: Promise<unknown> | undefined;

const prepare = async (): Promise<void> => {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  await prepareZXingModule({
    overrides: { wasmBinary: await readFile(wasm).then((file) => new Uint8Array(file).buffer) },
    fireImmediately: true,
  });
};

/** The text of the QR code in a picture (PNG or JPEG); undefined where none can be read. */
export const readQrImage = async (path: string): Promise<string | undefined> => {
  prepared ??= prepare();
  await prepared;
  const image = await readFile(path);
  const found = await readBarcodes(new Uint8Array(image), { formats: ['QRCode'], tryHarder: true });
  return found.find((code) => code.isValid)?.text;
};
