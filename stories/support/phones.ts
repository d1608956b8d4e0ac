import { createClient } from '@sikka/api';
import type { Client } from '@sikka/api';
import type { Bank } from '@sikka/bank';
import { formatAmount } from '@sikka/protocol';
import { createMemoryDisk, createMemoryKeystore, openMemoryStore } from '@sikka/wallet/memory';
import { payeeOf } from '@sikka/wallet/payee';
import type { Payee } from '@sikka/wallet/payee';
import { openWallet, payerOf } from '@sikka/wallet/payer';
import type { Payer, WalletParts } from '@sikka/wallet/payer';

const PKR = 586;

/** Whose phone it is, what it does, and how it reaches the bank. */
export interface PhoneOptions {
  readonly role: 'payer' | 'payee' | 'both';
  readonly account: string;
  readonly bankId?: string;
  readonly clock?: { now(): number };
  readonly fetch?: typeof fetch;
}

/** An enrolled phone: both sides' verbs on one wallet, and a client for what an app does online. */
export interface StoryPhone {
  readonly client: Client;
  readonly payer: Payer;
  readonly payee: Payee;
  readonly parts: WalletParts;
}

/** A phone that this person enrols with the bank. */
export const enrolPhone = async (bank: Bank, options: PhoneOptions): Promise<StoryPhone> => {
  const { account, role, bankId = 'sikka-demo' } = options;
  const client = createClient({
    baseUrl: bank.url,
    token: () => bank.token(account),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  const parts: WalletParts = {
    store: openMemoryStore(createMemoryDisk()),
    keystore: await createMemoryKeystore(),
    client,
    bank: { id: bankId, account, currency: PKR },
    clock: options.clock ?? { now: () => Math.floor(Date.now() / 1_000) },
    random: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
  };
  const { wallet } = done(await openWallet(parts));
  const payer = payerOf(wallet);
  done(await payer.enrol({ role }));
  return { client, payer, payee: payeeOf(wallet), parts };
};

/** Moves money to the offline wallet and takes an allowance for it. */
export const loadPhone = async (
  { client, payer }: Pick<StoryPhone, 'client' | 'payer'>,
  amountMinor: bigint,
) => {
  const wallets = await client.listWallets();
  if (!wallets.ok) throw new Error(wallets.problem.title);
  const idOf = (kind: string): number =>
    wallets.value.find((each) => each.wallet_type === kind)?.id ?? 0;
  const amount = formatAmount(amountMinor, PKR);
  const moved = await client.createTransfer({
    body: {
      from_wallet_id: idOf('current'),
      to_wallet_id: idOf('offline'),
      amount,
      currency: 'PKR',
    },
  });
  if (!moved.ok) throw new Error(moved.problem.title);
  return done(await payer.requestAllowance(amountMinor));
};

/** What the bank says a wallet of theirs holds: `"1000.00"`. */
export const balanceOf = async (
  { client }: Pick<StoryPhone, 'client'>,
  kind: 'current' | 'offline',
): Promise<string> => {
  const wallets = await client.listWallets();
  if (!wallets.ok) throw new Error(wallets.problem.title);
  return wallets.value.find((each) => each.wallet_type === kind)?.balance ?? 'none';
};

/** The answer, or an error that says why not. */
export const done = <T extends { readonly ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  if (answer.ok) return answer as Extract<T, { ok: true }>;
  const { code, detail } = answer as unknown as { code: string; detail: string };
  throw new Error(`${code}: ${detail}`);
};
