import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readQrImage } from '../qr/read.ts';
import { writeQrPng } from '../qr/write.ts';
import { CliError } from '../errors.ts';
import type { WalletConfig } from '../wallet/config.ts';
import { openTerminalWallet, orRefused } from '../wallet/open.ts';
import type { TerminalWallet } from '../wallet/open.ts';

const DEMO_PIN = '2468';

/** Whether phones have a network. Off, every call of every wallet fails as it would in a field. */
export interface Network {
  online: boolean;
}

export interface PhoneOptions {
  readonly folder: string;
  readonly config: WalletConfig;
  readonly network: Network;
}

/** Opens a demo phone: a real wallet in a folder, behind a network that can be switched off. */
export const openPhone = (options: PhoneOptions): Promise<TerminalWallet> => {
  const { folder, config, network } = options;
  const throughNetwork: typeof fetch = (input, init) =>
    network.online ? fetch(input, init) : Promise.reject(new TypeError('no network'));
  return openTerminalWallet({ folder, config, pin: DEMO_PIN, fetch: throughNetwork });
};

/** Copies everything a phone keeps, as a thief with the whole device image would. */
export const clonePhone = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true, filter: (path) => !path.endsWith('.lock') });
};

/** Shows a text on one screen as a QR picture and reads it with the other phone's decoder. */
export type Camera = (name: string, text: string) => Promise<string>;

/** Keeps every picture in a folder and the greatest QR version drawn. */
export const openCamera = (folder: string) => {
  let greatestVersion = 0;
  const camera: Camera = async (name, text) => {
    const path = join(folder, `${name}.png`);
    const drawn = await writeQrPng(path, text);
    greatestVersion = Math.max(greatestVersion, drawn.version);
    const read = await readQrImage(path);
    if (read === undefined) throw new CliError('cli/no_qr_found', `No QR code found in ${path}.`);
    return read;
  };
  return { camera, greatestVersion: () => greatestVersion };
};

export interface ExchangeOptions {
  /** Begins the pictures' names. */
  readonly name: string;
  readonly payer: TerminalWallet;
  readonly payee: TerminalWallet;
  readonly amountMinor: bigint;
  readonly camera: Camera;
}

/** What both phones know after an exchange. */
export interface Exchanged {
  readonly paymentId: string;
  readonly payeeName: string;
  readonly twoWords: string;
}

/** One whole exchange through pictures alone: request, payment, receipt. */
export const exchange = async (options: ExchangeOptions): Promise<Exchanged> => {
  const { name, payer, payee, amountMinor, camera } = options;
  const request = orRefused(await payee.payee.createRequest({ amountMinor }));
  const seen = await camera(`${name}-1-request`, request.text);
  const paid = orRefused(await payer.payer.pay(seen));
  const taken = orRefused(await payee.payee.accept(await camera(`${name}-2-payment`, paid.text)));
  const receipt = await camera(`${name}-3-receipt`, taken.receiptText);
  orRefused(await payer.payer.acceptReceipt(receipt));
  return {
    paymentId: paid.paymentId,
    payeeName: `${paid.payee.name}, ${paid.payee.town}`,
    twoWords: paid.twoWords.join(' '),
  };
};
