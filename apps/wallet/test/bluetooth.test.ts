import { NEARBY_UUIDS } from '@sikka/wallet/nearby';
import { describe, expect, it } from 'vitest';
import { connectionsTo } from '../src/platform/bluetooth.ts';

/** A device whose connecting takes as long as the test says; one connection, as GATT has it. */
function createDevice() {
  const waiting: { come(): void; fail(): void }[] = [];
  let isConnected = false;
  const characteristic = {
    readValue: async () => new DataView(new ArrayBuffer(0)),
    writeValueWithResponse: async () => undefined,
  };
  const server = {
    getPrimaryService: async () => ({ getCharacteristic: async () => characteristic }),
    disconnect: () => void (isConnected = false),
  };
  const connect = () =>
    new Promise<typeof server>((resolve, reject) => {
      waiting.push({
        come: () => {
          isConnected = true;
          resolve(server);
        },
        fail: () => {
          reject(new DOMException('out of reach', 'NetworkError'));
        },
      });
    });
  return { gatt: { connect }, waiting, isConnected: () => isConnected };
}

describe('a till that is connected to anew', () => {
  it('keeps the connection of a try when the one before comes too late', async () => {
    const device = createDevice();
    const connect = connectionsTo(device);
    const [early, later] = [connect(), connect()];
    device.waiting[1]?.come();
    const link = await later;
    device.waiting[0]?.come();
    (await early).close();
    expect(device.isConnected()).toBe(true);
    link.close();
    expect(device.isConnected()).toBe(false);
  });

  it('is let go of by whoever comes when the try after it is over', async () => {
    const device = createDevice();
    const connect = connectionsTo(device);
    const [early, later] = [connect(), connect()];
    device.waiting[1]?.fail();
    await expect(later).rejects.toMatchObject({ code: 'wallet/nearby_lost' });
    device.waiting[0]?.come();
    (await early).close();
    expect(device.isConnected()).toBe(false);
  });

  it('is let go of where it offers something else', async () => {
    const device = createDevice();
    const found: string[] = [];
    const gatt = {
      connect: async () => ({
        ...(await device.gatt.connect()),
        getPrimaryService: async (uuid: string) => {
          found.push(uuid);
          throw new DOMException('no such service', 'NotFoundError');
        },
      }),
    };
    const link = connectionsTo({ gatt })();
    device.waiting[0]?.come();
    await expect(link).rejects.toMatchObject({ code: 'wallet/nearby_lost' });
    expect(found).toEqual([NEARBY_UUIDS.service]);
    expect(device.isConnected()).toBe(false);
  });
});
