import { qrText } from '@sikka/protocol';
import type { Pool } from '../db/index.ts';
import { devicesOf } from '../devices/index.ts';
import type { ReceiverQrDeps } from '../wallets/index.ts';

/** The newest printed code by which somebody's wallet can be paid today, as QR text. */
export function printedCodeOf(pool: Pool): ReceiverQrDeps['printedCode'] {
  return async ({ accountId, wallets, now }) => {
    const seconds = Math.floor(now.getTime() / 1000);
    const devices = await devicesOf(pool, accountId);
    const codes = devices
      .filter(({ status }) => status === 'active')
      .flatMap(({ credentials }) => credentials)
      .filter(({ mode, wallet }) => mode === 'static' && wallets.includes(wallet))
      .filter(({ from, until }) => from <= seconds && seconds <= until)
      .sort((a, b) => b.serial - a.serial);
    return codes[0] === undefined ? undefined : qrText(codes[0].packet);
  };
}
