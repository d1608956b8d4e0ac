import { createClient } from '@sikka/api';
import { currencyOf } from '@sikka/protocol';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../errors.ts';

/** Whose wallet it is, and at which bank. Holds no secret. */
export interface WalletConfig {
  readonly bankUrl: string;
  readonly bankId: string;
  readonly account: string;
  /** ISO 4217 numeric. */
  readonly currency: number;
  /** Where the bank of this machine keeps its token key. */
  readonly dataDir: string;
}

const fileIn = (folder: string): string => join(folder, 'wallet.json');

/** Throws `cli/wallet_missing` where nobody enrolled a wallet in that folder. */
export const readWalletConfig = async (folder: string): Promise<WalletConfig> => {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => {
    throw new CliError(
      'cli/wallet_missing',
      `There is no wallet in ${folder}. Make one with: sikka wallet enrol --account ID`,
    );
  });
  return JSON.parse(text) as WalletConfig;
};

/** What a new wallet has to be told. */
export interface NewWallet {
  readonly folder: string;
  readonly bankUrl: string;
  readonly account: string;
  /** Letters of ISO 4217. */
  readonly currency: string;
  readonly dataDir: string;
}

const refuseExisting = async (folder: string): Promise<void> => {
  const exists = await access(fileIn(folder)).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new CliError(
    'cli/wallet_exists',
    `There is a wallet in ${folder} already. Name another folder with --dir: a wallet that is ` +
      'lost or restored never spends again, a new one asks for a new allowance.',
  );
};

/**
 * Asks the bank who it is and writes the configuration. Throws `cli/wallet_exists`,
 * `cli/bank_unreachable`, and `cli/usage` for an unknown currency.
 */
export const createWalletConfig = async (wallet: NewWallet): Promise<WalletConfig> => {
  const { folder, bankUrl, account, dataDir } = wallet;
  await refuseExisting(folder);
  const currency = currencyOf(wallet.currency);
  if (currency === undefined) {
    throw new CliError('cli/usage', `There is no currency "${wallet.currency}".`);
  }
  const keys = await createClient({ baseUrl: bankUrl }).getIssuerKeys();
  if (!keys.ok) {
    throw new CliError('cli/bank_unreachable', `No bank answers at ${bankUrl}. Try: npm start`);
  }
  const { bank } = keys.value;
  const config = { bankUrl, bankId: bank, account, currency: currency.numeric, dataDir };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(fileIn(folder), `${JSON.stringify(config, undefined, 2)}\n`);
  return config;
};
