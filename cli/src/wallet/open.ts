import { createClient } from '@sikka/api';
import type { Client } from '@sikka/api';
import { openNodeKeystore, openNodeStore } from '@sikka/wallet/node';
import { payeeOf } from '@sikka/wallet/payee';
import type { Payee } from '@sikka/wallet/payee';
import { openWallet, payerOf } from '@sikka/wallet/payer';
import type { Payer, WalletParts } from '@sikka/wallet/payer';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CliError } from '../errors.ts';
import { mintToken } from '../token.ts';
import type { WalletConfig } from './config.ts';

/** A wallet in a folder of this machine: one installation that can pay and be paid. */
export interface TerminalWallet {
  readonly config: WalletConfig;
  readonly client: Client;
  readonly payer: Payer;
  readonly payee: Payee;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly folder: string;
  readonly config: WalletConfig;
  readonly pin: string;
  /** Stands for the network; the machine's own unless given. */
  readonly fetch?: typeof fetch;
  /** Whether the PIN is asked again for each payment. */
  readonly gate?: 'each-payment' | 'session';
}

const clock = { now: () => Math.floor(Date.now() / 1000) };
const random = { randomBytes: (length: number) => new Uint8Array(randomBytes(length)) };

/** A client of the bank with the person's token, minted on this machine or given by SIKKA_TOKEN. */
export const clientOf = (config: WalletConfig, network?: typeof fetch): Client =>
  createClient({
    baseUrl: config.bankUrl,
    token: () =>
      process.env.SIKKA_TOKEN ??
      mintToken({ account: config.account, roles: [], dataDir: config.dataDir }),
    ...(network === undefined ? {} : { fetch: network }),
  });

/** Opens the wallet in a folder. Throws `cli/wallet_refused` with the wallet's own code. */
export const openTerminalWallet = async (options: OpenOptions): Promise<TerminalWallet> => {
  const { folder, config, pin, gate = 'session' } = options;
  const opened = await openNodeKeystore({ folder: join(folder, 'keys'), pin, clock, gate });
  if (!opened.ok) throw new CliError('cli/wallet_refused', `${opened.code}: ${opened.detail}`);
  const store = await openNodeStore({ folder: join(folder, 'journal') });
  const client = clientOf(config, options.fetch);
  const parts: WalletParts = {
    store,
    keystore: opened.keystore,
    client,
    bank: { id: config.bankId, account: config.account, currency: config.currency },
    clock,
    random,
  };
  const wallet = await openWallet(parts);
  if (!wallet.ok) throw new CliError('cli/wallet_refused', `${wallet.code}: ${wallet.detail}`);
  return {
    config,
    client,
    payer: payerOf(wallet.wallet),
    payee: payeeOf(wallet.wallet),
    close: () => store.close(),
  };
};

/** The answer, or `cli/wallet_refused` with the wallet's code where it refused. */
export const orRefused = <T>(
  answer: ({ readonly ok: true } & T) | { readonly ok: false; code: string; detail: string },
): { readonly ok: true } & T => {
  if (answer.ok) return answer;
  throw new CliError('cli/wallet_refused', `${answer.code}: ${answer.detail}`);
};
