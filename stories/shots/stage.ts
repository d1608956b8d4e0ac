import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig, startBank } from '@sikka/bank';
import type { Bank } from '@sikka/bank';
import { BLUETOOTH_ARGUMENT } from '../browser/app/support/bluetooth.ts';
import { openPhone } from '../browser/app/support/phone.ts';
import { makeDataFolder } from '../support/data-folder.ts';
import { enrolPhone } from '../support/phones.ts';
import type { StoryPhone } from '../support/phones.ts';
import { handsOf } from './hands.ts';
import type { Hands } from './hands.ts';
import type { ShotLanguage } from './plan.ts';
import type { Taker } from './taker.ts';

/** A bank of its own, two people with browsers, and two without one. */
export interface Stage {
  readonly bank: Bank;
  readonly ayesha: Hands;
  readonly bilal: Hands;
  /** Another phone of Ayesha's, which pays what is not photographed. */
  readonly other: StoryPhone;
  /** A shop that is not Bilal's. */
  readonly rival: StoryPhone;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly executable: string;
  readonly language: ShotLanguage;
  readonly taker: Taker;
  /** Settings of the bank beside its own: where the built app lies. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A phone of today, a little higher than the cheapest. */
const VIEWPORT = { width: 360, height: 800 };

export async function openStage(options: StageOptions): Promise<Stage> {
  const { executable, language, taker } = options;
  const folder = await makeDataFolder('shots');
  const ends: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  ];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const bank = await openBank(folder, options.settings);
    ends.push(() => bank.stop());
    const phone = async () => {
      const opened = await openPhone({
        ...{ executable, bankUrl: bank.url, viewport: VIEWPORT, language: `${language}-PK` },
        args: [BLUETOOTH_ARGUMENT],
      });
      ends.push(() => opened.close());
      return handsOf(opened, language, taker);
    };
    const [ayesha, bilal] = [await phone(), await phone()];
    const other = await enrolPhone(bank, { account: 'ayesha', role: 'payer' });
    const rival = await enrolPhone(bank, { account: 'chaudhry', role: 'payee' });
    return { bank, ayesha, bilal, other, rival, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openBank(folder: string, given: StageOptions['settings']): Promise<Bank> {
  const settings = { ...given, DATA_DIR: join(folder, 'data'), PORT: '0' };
  const read = readConfig({ ...settings, RATE_LIMIT_ENABLED: 'false', LOG_LEVEL: 'error' }, folder);
  if (!read.ok) throw new Error(read.errors.join(' '));
  return startBank(read.value, { writeLog: () => undefined });
}
