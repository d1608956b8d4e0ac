import { formatAmount } from '@sikka/protocol';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadMoney } from '../wallet/load-money.ts';
import { orRefused } from '../wallet/open.ts';
import type { TerminalWallet } from '../wallet/open.ts';
import { saveIssuers, saveProof, saveSettlement } from './evidence.ts';
import { countOutcomes, grouped, ledgerSum, reportMoney } from './outcome.ts';
import type { DayResult } from './outcome.ts';
import { enrolPhone, newPayer } from './people.ts';
import type { DayOptions } from './people.ts';
import { clonePhone, exchange, openCamera, openPhone } from './phone.ts';
import type { Camera, Exchanged, Network } from './phone.ts';

const PKR = 586;
const LOAD_MINOR = 500_000n;
/** What Ayesha buys from Bilal before her phone is copied. */
const PURCHASES_MINOR = [50_000n, 12_000n, 7_550n];
/** What her own phone buys from Bilal afterwards. */
const FOURTH_MINOR = 45_000n;
/** What the copy buys from Chaudhry, under a number that is used already. */
const CLONE_MINOR = 80_000n;

interface Cast {
  readonly ayesha: TerminalWallet;
  readonly bilal: TerminalWallet;
  readonly chaudhry: TerminalWallet;
}

interface Stage extends DayOptions {
  readonly network: Network;
  readonly camera: Camera;
}

const rupees = (minor: bigint): string => `Rs ${grouped(formatAmount(minor, PKR))}`;

const atHome = async (stage: Stage): Promise<Cast> => {
  const { out } = stage;
  out.line('\n1  At home, with a network');
  const account = await newPayer(stage);
  const ayesha = await enrolPhone(stage, { account, role: 'payer' });
  const bilal = await enrolPhone(stage, { account: 'bilal', role: 'payee' });
  const chaudhry = await enrolPhone(stage, { account: 'chaudhry', role: 'payee' });
  await loadMoney(ayesha, LOAD_MINOR);
  out.line(`   Ayesha loads ${rupees(LOAD_MINOR)}: the bank reserves it and signs an allowance.`);
  await reportMoney('Ayesha', ayesha, out);
  return { ayesha, bilal, chaudhry };
};

const buyOffline = async (stage: Stage, cast: Cast): Promise<readonly Exchanged[]> => {
  const { out, camera } = stage;
  out.line('\n2  In the village, no network');
  const paid: Exchanged[] = [];
  for (const [index, amountMinor] of PURCHASES_MINOR.entries()) {
    const name = `payment-${index + 1}`;
    const done = await exchange({
      name,
      payer: cast.ayesha,
      payee: cast.bilal,
      amountMinor,
      camera,
    });
    out.line(`   ${rupees(amountMinor)} to ${done.payeeName}. Both phones: ${done.twoWords}`);
    paid.push(done);
  }
  return paid;
};

interface Cheated {
  readonly original: TerminalWallet;
  readonly clone: TerminalWallet;
  readonly fourth: Exchanged;
  readonly second: Exchanged;
}

const cheat = async (stage: Stage, cast: Cast): Promise<Cheated> => {
  const { out, camera, network } = stage;
  const { config } = cast.ayesha;
  const phones = join(stage.folder, 'phones');
  await cast.ayesha.close();
  await clonePhone(join(phones, config.account), join(phones, 'ayesha-clone'));
  const original = await openPhone({ folder: join(phones, config.account), config, network });
  const clone = await openPhone({ folder: join(phones, 'ayesha-clone'), config, network });
  out.line('   Somebody copies everything that is on her phone.');
  const fourth = await exchange({
    name: 'payment-4',
    payer: original,
    payee: cast.bilal,
    amountMinor: FOURTH_MINOR,
    camera,
  });
  out.line(`   ${rupees(FOURTH_MINOR)} to ${fourth.payeeName}, from her own phone.`);
  const second = await exchange({
    name: 'clone',
    payer: clone,
    payee: cast.chaudhry,
    amountMinor: CLONE_MINOR,
    camera,
  });
  out.line(`   ${rupees(CLONE_MINOR)} to ${second.payeeName}, from the copy. He cannot know.`);
  return { original, clone, fourth, second };
};

const meetBank = async (stage: Stage, phones: readonly (readonly [string, TerminalWallet])[]) => {
  const names = phones.map(([name]) => name).join(', then ');
  stage.out.line(`\n3  The network is back; ${names} sync`);
  for (const [name, phone] of phones) {
    const { decided } = orRefused(await phone.payer.sync());
    stage.out.line(
      `   ${name.padEnd(9)} hands in ${decided} ${decided === 1 ? 'payment' : 'payments'}.`,
    );
  }
};

/** Plays the day and says what came of it. Throws `cli/…` where a step fails. */
export const playDay = async (options: DayOptions): Promise<DayResult> => {
  const { folder, out } = options;
  await mkdir(folder, { recursive: true });
  const { camera, greatestVersion } = openCamera(folder);
  const stage: Stage = { ...options, network: { online: true }, camera };
  const issuers = await saveIssuers(stage);
  const cast = await atHome(stage);
  stage.network.online = false;
  const bought = await buyOffline(stage, cast);
  const { original, clone, fourth, second } = await cheat(stage, cast);
  stage.network.online = true;
  const { bilal, chaudhry } = cast;
  await meetBank(stage, [
    ['Bilal', bilal],
    ['Ayesha', original],
    ['Chaudhry', chaudhry],
  ]);
  const paid = [...bought, fourth];
  const { settled, rejected } = await countOutcomes([bilal, chaudhry], [...paid, second]);
  out.line(
    `   ${settled.length} settled, ${rejected.length} rejected: ${rejected[0]?.code ?? ''}.`,
  );
  for (const [index, { paymentId }] of paid.entries()) {
    const path = join(folder, `settlement-${index + 1}.sikka`);
    await saveSettlement({ client: bilal.client, paymentId, path });
  }

  out.line('\n4  The proof: one key signed two payments with one number');
  const proofIds = [...new Set(rejected.flatMap(({ proofId }) => proofId ?? []))];
  const proved = await saveProof(stage, { proofIds, issuers });
  out.line('   Anyone can check it, offline:');
  out.line(`   npm run sikka -- verify ${join(folder, 'proof-of-double-spend.sikka')}`);

  out.line('\n5  The money');
  await reportMoney('Ayesha', original, out);
  await reportMoney('Bilal', bilal, out);
  await reportMoney('Chaudhry', chaudhry, out);
  const sum = await ledgerSum(stage.operator);
  out.line(`   Sum over all accounts of the bank: ${sum}`);
  for (const phone of [original, clone, bilal, chaudhry]) await phone.close();
  return {
    settled: settled.length,
    rejected: rejected.length,
    double_spends_proved: proved,
    ledger_sum: sum,
    qr_version_max: greatestVersion(),
  };
};
