import type { Client } from '@sikka/api';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CliError } from '../errors.ts';
import type { Output } from '../output.ts';
import { createWalletConfig } from '../wallet/config.ts';
import { orRefused } from '../wallet/open.ts';
import type { TerminalWallet } from '../wallet/open.ts';
import { openPhone } from './phone.ts';
import type { Network } from './phone.ts';

/** Where the day is played, and what it leaves behind. */
export interface DayOptions {
  readonly bankUrl: string;
  readonly dataDir: string;
  readonly folder: string;
  readonly operator: Client;
  readonly out: Output;
}

/** A payer nobody knows yet: after the day her account is under review, as it must be. */
export const newPayer = async ({ operator }: DayOptions): Promise<string> => {
  const account = `ayesha-${randomBytes(4).toString('hex')}`;
  const made = await operator.createDemoAccount({
    body: { account, name: 'Ayesha Bibi', town: 'Chakwal', currency: 'PKR', balance: '20000.00' },
  });
  if (made.ok) return account;
  throw new CliError(
    'cli/bank_refused',
    `The bank made no demo account: ${made.problem.title} Is it this machine's bank, in demo ` +
      'mode, with its data in DATA_DIR?',
  );
};

export interface Person {
  readonly account: string;
  readonly role: 'payer' | 'payee';
}

/** Gives a person a phone, enrolled and with the newest bulletin. Throws `cli/…`. */
export const enrolPhone = async (
  options: DayOptions & { readonly network: Network },
  { account, role }: Person,
): Promise<TerminalWallet> => {
  const { bankUrl, dataDir, network } = options;
  const folder = join(options.folder, 'phones', account);
  const config = await createWalletConfig({ folder, bankUrl, account, currency: 'PKR', dataDir });
  const phone = await openPhone({ folder, config, network });
  orRefused(await phone.payer.enrol({ role }));
  orRefused(await phone.payer.sync());
  return phone;
};
