/** What a till offers over Bluetooth LE (spec/bluetooth.md §1). */
export const NEARBY_UUIDS = {
  service: '99127f89-dcd6-4adb-a6ba-ace64eba2ad6',
  request: '99127f8a-dcd6-4adb-a6ba-ace64eba2ad6',
  payment: '99127f8b-dcd6-4adb-a6ba-ace64eba2ad6',
  answer: '99127f8c-dcd6-4adb-a6ba-ace64eba2ad6',
} as const;

/** Written alone to take a turn: the version of the exchange. No chunk is so short. */
export const NEARBY_VERSION = 1;

/** What the till answers an operation with, besides success: results of ATT for applications. */
export const ATT_SUCCESS = 0x00;
export const ATT_REFUSED = 0x80;
export const ATT_BUSY = 0x81;
export const ATT_VERSION = 0x82;

export type AttError = typeof ATT_REFUSED | typeof ATT_BUSY | typeof ATT_VERSION;

/** What is read from a till, by the name of its characteristic. */
export type ReadPart = 'request' | 'answer';

/** A till's name for one request: `Sikka ` and four digits that nothing else knows. */
export function drawTillName(random: { randomBytes(length: number): Uint8Array }): string {
  const [high = 0, low = 0] = random.randomBytes(2);
  // 65,536 is no multiple of 10,000: some names are a little likelier, and none is a secret.
  return `Sikka ${String(((high << 8) | low) % 10_000).padStart(4, '0')}`;
}
