import { randomBytes } from 'node:crypto';
import { CliError } from '../errors.ts';
import { readOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { money, readMoney, readPin } from '../wallet/command.ts';
import { readWalletConfig } from '../wallet/config.ts';
import { openTerminalWallet } from '../wallet/open.ts';
import { openBlenoRadio } from './bleno.ts';
import { serveTill } from './serve.ts';
import type { TillEvent } from './serve.ts';

export const TILL_USAGE = `sikka till AMOUNT|open --bluetooth [--dir FOLDER] [--pin PIN]

A till that phones close by find over Bluetooth LE: one request, offline, until it is paid.
Ends with 0 when it was paid, with 1 when its time was over. Without --bluetooth there is
sikka wallet request, which shows a code.

  --dir FOLDER  the wallet's folder (./sikka-wallet), made with: sikka wallet enrol
  --pin PIN     else SIKKA_PIN, else it is asked for

Needs a Bluetooth adapter and the package @stoprocent/bleno, which is not installed with Sikka.`;

const UNPAID = 1;

const clockOf = (seconds: number): string =>
  new Date(seconds * 1_000).toISOString().slice(11, 16) + ' UTC';

const sayTo = (out: Output) => (event: TillEvent) => {
  switch (event.kind) {
    case 'open':
      out.line(`This till is called: ${event.name}`);
      out.line(`Open until ${clockOf(event.until)}. In the app: Scan to pay, Nearby till.`);
      return;
    case 'read':
      out.progress('A phone reads the request.');
      return;
    case 'judged': {
      const { answer } = event;
      if (!answer.ok) {
        out.line(`REFUSED  ${answer.code}`);
        return;
      }
      const again = answer.verdict === 'duplicate' ? ' (accepted before)' : '';
      out.line(`PAID  ${money(answer.amountMinor, answer.currency)}${again}, not yet settled`);
      out.line(`Words: ${answer.twoWords.join(' ')}`);
    }
  }
};

/** `sikka till`. */
export const tillCommand = async (args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = readOptions(args, TILL_USAGE, {
    strings: ['dir', 'pin'],
    flags: ['bluetooth'],
    positionals: 1,
  });
  if (values.bluetooth !== true) throw new CliError('cli/usage', TILL_USAGE);
  const folder = values.dir ?? './sikka-wallet';
  const config = await readWalletConfig(folder);
  const [amount] = positionals;
  const amountMinor = amount === 'open' ? 'open' : readMoney(amount, config.currency);
  const radio = await openBlenoRadio();
  const wallet = await openTerminalWallet({ folder, config, pin: await readPin(values.pin) });
  try {
    const random = { randomBytes: (length: number) => new Uint8Array(randomBytes(length)) };
    const told = sayTo(out);
    const { payee } = wallet;
    const paid = await serveTill({ payee, radio, amountMinor, random, told });
    if (paid === undefined) out.line('Nobody paid in time.');
    else out.line('Hand it in with: sikka wallet sync');
    return paid === undefined ? UNPAID : 0;
  } finally {
    await wallet.close();
  }
};
