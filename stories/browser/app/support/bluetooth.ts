import type { Offer, OnAir, Radio } from '@sikka/cli/till';
import { NEARBY_UUIDS } from '@sikka/wallet/nearby';
import type { CDPSession, Page } from 'playwright-core';

/** Chromium's own emulation of a Bluetooth adapter, as a till's radio. */
export interface EmulatedRadio extends Radio {
  /** Chooses the till that is offered, once, when the page next asks for one. */
  chooseNext(): Promise<void>;
  switchOn(): Promise<void>;
  /** The next read of the answer fails, as where a phone was carried out of reach. */
  failAtAnswer(): void;
}

/** What the browser needs to be started with on a desktop; it is there on Android by itself. */
export const BLUETOOTH_ARGUMENT = '--enable-features=WebBluetooth';

const ADDRESS = '09:09:09:09:09:09';
/** The emulation tells no two connections apart. */
const CENTRAL = 'page';
const VALUE_BYTES = 180;
/** ATT's own word for what went wrong without a reason. */
const UNLIKELY = 0x0e;

type Send = CDPSession['send'];

/** An adapter for that page's browser, not there at first. */
export async function openEmulatedRadio(page: Page): Promise<EmulatedRadio> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('no browser');
  const session = await browser.newBrowserCDPSession();
  const prompts = await page.context().newCDPSession(page);
  await session.send('BluetoothEmulation.enable', { state: 'absent', leSupported: true });
  await prompts.send('DeviceAccess.enable');
  let failing = false;
  session.on('BluetoothEmulation.gattOperationReceived', ({ address, type }) => {
    void session.send('BluetoothEmulation.simulateGATTOperationResponse', {
      ...{ address, type, code: 0 },
    });
  });
  return {
    async open({ name, side }) {
      const parts = await offer(session.send.bind(session), name);
      session.on('BluetoothEmulation.characteristicOperationReceived', (operation) => {
        const part = parts.get(operation.characteristicId);
        const { characteristicId, type } = operation;
        const fails = part === 'answer' && failing;
        if (fails) failing = false;
        void session.send('BluetoothEmulation.simulateCharacteristicOperationResponse', {
          ...{ characteristicId, type },
          // A connection that the emulation ends never comes back; an error ends the turn too.
          ...(fails ? { code: UNLIKELY } : answer(side, part, operation.data)),
        });
      });
      return closing(session);
    },
    chooseNext: async () => {
      // Answered once: a second answer to one prompt ends the browser.
      prompts.once('DeviceAccess.deviceRequestPrompted', ({ id, devices }) => {
        const deviceId = devices[0]?.id ?? '';
        void prompts.send('DeviceAccess.selectPrompt', { id, deviceId });
      });
    },
    switchOn: async () =>
      void (await session.send('BluetoothEmulation.setSimulatedCentralState', {
        state: 'powered-on',
      })),
    failAtAnswer: () => (failing = true),
  };
}

type Part = 'request' | 'payment' | 'answer';

/** Puts the till on the air; answers which characteristic has which id. */
async function offer(send: Send, name: string): Promise<ReadonlyMap<string, Part>> {
  const { service } = NEARBY_UUIDS;
  await send('BluetoothEmulation.simulatePreconnectedPeripheral', {
    ...{ address: ADDRESS, name, manufacturerData: [], knownServiceUuids: [service] },
  });
  const { serviceId } = await send('BluetoothEmulation.addService', {
    ...{ address: ADDRESS, serviceUuid: service },
  });
  const parts = new Map<string, Part>();
  for (const part of ['request', 'payment', 'answer'] as const) {
    const { characteristicId } = await send('BluetoothEmulation.addCharacteristic', {
      ...{ serviceId, characteristicUuid: NEARBY_UUIDS[part] },
      properties: part === 'payment' ? { write: true } : { read: true },
    });
    parts.set(characteristicId, part);
  }
  return parts;
}

/** What the till's side says to one operation, in the emulation's words. */
function answer(
  side: Offer['side'],
  part: Part | undefined,
  data: string | undefined,
): { readonly code: number; readonly data?: string } {
  if (part === undefined || part === 'payment') {
    return { code: side.write(CENTRAL, Buffer.from(data ?? '', 'base64')) };
  }
  const read = side.read(CENTRAL, { part, size: VALUE_BYTES });
  if (read.result !== 0) return { code: read.result };
  return { code: 0, data: Buffer.from(read.value).toString('base64') };
}

function closing(session: CDPSession): OnAir {
  return {
    close: async () => {
      await session.send('BluetoothEmulation.disable');
    },
  };
}
