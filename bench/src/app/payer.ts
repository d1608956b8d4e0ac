import { createClient } from '@sikka/api';
import { formatAmount } from '@sikka/protocol';
import { createMemoryDisk, createMemoryKeystore, openMemoryStore } from '@sikka/wallet/memory';
import { openWallet, payerOf } from '@sikka/wallet/payer';
import type { BankProcess } from '../bank/start.ts';

/** A wallet in this process, with money to give. */
export interface BenchPayer {
  /** Answers a request's text with a payment's. */
  pay(requestText: string): Promise<string>;
}

const PKR = 586;
const LOADED_MINOR = 500_000n;
const PIN = '271828';

/** `account` is one of the demo's. */
export async function openPayer(bank: BankProcess, account: string): Promise<BenchPayer> {
  const [token = ''] = await bank.tokens([account]);
  const client = createClient({ baseUrl: bank.url, token: () => token });
  const { wallet } = done(
    await openWallet({
      store: openMemoryStore(createMemoryDisk()),
      keystore: await createMemoryKeystore(),
      client,
      bank: { id: bank.id, account, currency: PKR },
      clock: { now: () => Math.floor(Date.now() / 1_000) },
      random: { randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    }),
  );
  const payer = payerOf(wallet);
  done(await payer.enrol({ role: 'payer' }));
  const wallets = await client.listWallets();
  if (!wallets.ok) throw new Error(wallets.problem.title);
  const idOf = (kind: string) =>
    wallets.value.find(({ wallet_type }) => wallet_type === kind)?.id ?? 0;
  const amount = formatAmount(LOADED_MINOR, PKR);
  const [from_wallet_id, to_wallet_id] = [idOf('current'), idOf('offline')];
  const body = { from_wallet_id, to_wallet_id, amount, currency: 'PKR' } as const;
  const moved = await client.createTransfer({ body });
  if (!moved.ok) throw new Error(moved.problem.title);
  done(await payer.requestAllowance(LOADED_MINOR));
  return {
    pay: async (requestText) => done(await payer.pay(requestText, { pin: PIN })).text,
  };
}

function done<T extends { readonly ok: boolean }>(answer: T): Extract<T, { ok: true }> {
  if (answer.ok) return answer as Extract<T, { ok: true }>;
  const { code, detail } = answer as unknown as { code: string; detail: string };
  throw new Error(`${code}: ${detail}`);
}
