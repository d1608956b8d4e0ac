import { NEARBY_UUIDS, WalletError } from '@sikka/wallet/nearby';
import type { NearbyLink } from '@sikka/wallet/nearby';

/** A till that the person chose, for as long as the page lives. */
export interface NearbyTill {
  readonly name: string;
  /** Rejects with `wallet/nearby_lost`. */
  connect(): Promise<NearbyLink>;
}

/** Why no till was chosen: each has its own words. */
export type NoTill = 'cancelled' | 'off' | 'denied' | 'unsupported';

export type ChosenTill =
  | { readonly ok: true; readonly till: NearbyTill }
  | { readonly ok: false; readonly reason: NoTill };

/** Whether this browser has Web Bluetooth at all; iPhones and Firefox have none. */
export function hasBluetooth(): boolean {
  return bluetooth() !== undefined;
}

/**
 * Lets the person choose among the tills close by, in the browser's own list. To be called when
 * something is pressed. Never rejects.
 */
export async function chooseTill(): Promise<ChosenTill> {
  const radio = bluetooth();
  if (radio === undefined) return { ok: false, reason: 'unsupported' };
  try {
    if (!(await radio.getAvailability())) return { ok: false, reason: 'off' };
    const filters = [{ services: [NEARBY_UUIDS.service] }];
    const device = await radio.requestDevice({ filters });
    return { ok: true, till: { name: device.name ?? '', connect: connectionsTo(device) } };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/**
 * A device has one connection, which all that ask for one share: what asked first and came too late
 * would end that of the try after it. So the latest ends it, or whoever comes when that is over.
 */
export function connectionsTo({ gatt }: Device): () => Promise<NearbyLink> {
  let latest = 0;
  let isOver = false;
  return async () => {
    const mine = ++latest;
    isOver = false;
    const leave = (server: Server | undefined) => {
      if (mine === latest) isOver = true;
      if (isOver) server?.disconnect();
    };
    return orLost(async () => {
      let server: Server | undefined;
      try {
        if (gatt === undefined) throw new DOMException('no GATT', 'NotSupportedError');
        server = await gatt.connect();
        const service = await server.getPrimaryService(NEARBY_UUIDS.service);
        const request = await service.getCharacteristic(NEARBY_UUIDS.request);
        const payment = await service.getCharacteristic(NEARBY_UUIDS.payment);
        const answer = await service.getCharacteristic(NEARBY_UUIDS.answer);
        return linkOf({ request, payment, answer }, () => leave(server));
      } catch (error) {
        leave(server);
        throw error;
      }
    });
  };
}

type Part = 'request' | 'payment' | 'answer';

function linkOf(at: Readonly<Record<Part, Characteristic>>, close: () => void): NearbyLink {
  return {
    read: (part) =>
      orLost(async () => {
        const { buffer, byteOffset, byteLength } = await at[part].readValue();
        return new Uint8Array(buffer, byteOffset, byteLength).slice();
      }),
    write: (value) => orLost(() => at.payment.writeValueWithResponse(value)),
    close,
  };
}

/** Of a radio every failure is one: out of reach, or the till let go. */
async function orLost<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new WalletError('wallet/nearby_lost', error.name);
  }
}

function reasonOf(error: unknown): NoTill {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotFoundError':
    case 'AbortError':
      return 'cancelled';
    case 'SecurityError':
    case 'NotAllowedError':
      return 'denied';
    default:
      return 'unsupported';
  }
}

function bluetooth(): Bluetooth | undefined {
  return (navigator as { readonly bluetooth?: Bluetooth }).bluetooth;
}

// What is used of Web Bluetooth (W3C community group), which the types of pages do not have.
interface Bluetooth {
  getAvailability(): Promise<boolean>;
  requestDevice(options: {
    readonly filters: readonly { readonly services: readonly string[] }[];
  }): Promise<Device>;
}

export interface Device {
  readonly name?: string;
  readonly gatt?: { connect(): Promise<Server> };
}

interface Server {
  getPrimaryService(uuid: string): Promise<{
    getCharacteristic(uuid: string): Promise<Characteristic>;
  }>;
  disconnect(): void;
}

interface Characteristic {
  readValue(): Promise<DataView<ArrayBuffer>>;
  writeValueWithResponse(value: Uint8Array): Promise<void>;
}
