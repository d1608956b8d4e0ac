import { ATT_SUCCESS, NEARBY_UUIDS } from '@sikka/wallet/nearby';
import type { ReadPart, TillSide } from '@sikka/wallet/nearby';
import { CliError } from '../errors.ts';
import type { Radio } from './radio.ts';

/** The kept fork of bleno; not installed with the rest (decisions/0038-bluetooth.md). */
const PACKAGE = '@stoprocent/bleno';
const INSTALL = `npm install --no-save ${PACKAGE}@0.12.4`;
const POWER_MS = 10_000;
/** What every connection carries in one value, until it has agreed on more. */
const LEAST_VALUE = 20;
const ATT_HEAD = 3;
const INVALID_OFFSET = 0x07;

/**
 * This machine's own Bluetooth adapter. Throws `cli/radio_missing` where bleno is not installed, or
 * there is no adapter that is on and that this process may use.
 */
export const openBlenoRadio = async (): Promise<Radio> => {
  const bleno = await loadBleno();
  try {
    await bleno.waitForPoweredOnAsync(POWER_MS);
  } catch {
    const { state } = bleno;
    bleno.stop();
    throw new CliError(
      'cli/radio_missing',
      `No Bluetooth adapter can be used (${state}): is there one, is it on, and may this ` +
        'program use it? On Linux: sudo setcap cap_net_raw+eip "$(readlink -f "$(which node)")"',
    );
  }
  return {
    open: async ({ name, side }) => {
      let size = LEAST_VALUE;
      bleno.on('accept', () => (size = LEAST_VALUE));
      bleno.on('mtuChange', (mtu) => (size = Math.max(LEAST_VALUE, Number(mtu) - ATT_HEAD)));
      bleno.on('disconnect', (address, handle) => side.left(String(handle ?? address)));
      const service = new bleno.PrimaryService({
        uuid: NEARBY_UUIDS.service,
        characteristics: [
          readable(bleno, { part: 'request', side, size: () => size }),
          writable(bleno, side),
          readable(bleno, { part: 'answer', side, size: () => size }),
        ],
      });
      await bleno.setServicesAsync([service]);
      await bleno.startAdvertisingAsync(name, [NEARBY_UUIDS.service]);
      return {
        close: async () => {
          await bleno.stopAdvertisingAsync();
          bleno.stop();
        },
      };
    },
  };
};

interface Readable {
  readonly part: ReadPart;
  readonly side: TillSide;
  readonly size: () => number;
}

const readable = (bleno: Bleno, { part, side, size }: Readable): object => {
  // A long read goes on in the value that its central began.
  const values = new Map<string, Uint8Array>();
  return new bleno.Characteristic({
    uuid: NEARBY_UUIDS[part],
    properties: ['read'],
    onReadRequest: (handle, offset, callback) => {
      const central = String(handle);
      if (offset === 0) {
        const answer = side.read(central, { part, size: size() });
        if (answer.result !== ATT_SUCCESS) {
          callback(answer.result);
          return;
        }
        values.set(central, answer.value);
      }
      const value = values.get(central) ?? new Uint8Array(0);
      if (offset > value.length) callback(INVALID_OFFSET);
      else callback(ATT_SUCCESS, Buffer.from(value.subarray(offset)));
    },
  });
};

const writable = (bleno: Bleno, side: TillSide): object =>
  new bleno.Characteristic({
    uuid: NEARBY_UUIDS.payment,
    properties: ['write'],
    onWriteRequest: (handle, data, offset, _withoutResponse, callback) => {
      callback(offset === 0 ? side.write(String(handle), data) : INVALID_OFFSET);
    },
  });

const loadBleno = async (): Promise<Bleno> => {
  try {
    // By a name that no compiler follows: it need not be there.
    const loaded = (await import(PACKAGE)) as { readonly default: Bleno };
    return loaded.default;
  } catch {
    throw new CliError(
      'cli/radio_missing',
      `Bluetooth needs a package that is not installed here: ${INSTALL}`,
    );
  }
};

// What is used of bleno 0.12.
interface Bleno {
  readonly state: string;
  readonly Characteristic: new (options: CharacteristicOptions) => object;
  readonly PrimaryService: new (options: {
    readonly uuid: string;
    readonly characteristics: readonly object[];
  }) => object;
  on(event: 'accept' | 'mtuChange' | 'disconnect', heard: Heard): void;
  waitForPoweredOnAsync(ms: number): Promise<void>;
  setServicesAsync(services: readonly object[]): Promise<void>;
  startAdvertisingAsync(name: string, services: readonly string[]): Promise<void>;
  stopAdvertisingAsync(): Promise<void>;
  stop(): void;
}

type Heard = (first: string | number, handle?: string | number) => void;

interface CharacteristicOptions {
  readonly uuid: string;
  readonly properties: readonly ('read' | 'write')[];
  readonly onReadRequest?: (
    handle: string | number,
    offset: number,
    callback: (result: number, data?: Buffer) => void,
  ) => void;
  readonly onWriteRequest?: (
    handle: string | number,
    data: Buffer,
    offset: number,
    withoutResponse: boolean,
    callback: (result: number) => void,
  ) => void;
}
