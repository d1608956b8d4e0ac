import { encodeLedgerItem, openLedgerUpload, publicJwk } from '@sikka/protocol';
import { generateLedgerKeys, openLedgerReceiver, openLedgerSender } from '@sikka/wallet/ledger';
import type { LedgerReceiver, LedgerSender, LedgerStorage } from '@sikka/wallet/ledger';
import type { StoryBank } from './bank.ts';
import type { Desk, Json } from './counter.ts';
import { done } from './phones.ts';

/** A sender with a limit and a receiver of sealed ledgers, both known to the bank. */
export interface LedgerParties {
  readonly sender: LedgerSender;
  readonly receiver: LedgerReceiver;
  /** What `/wallets` says of the sender's limit. */
  limit(): Promise<Json>;
  /** Number of the wallet that the receiver is paid into, and what it has in minor units. */
  readonly payee: number;
  payeeHas(): Promise<bigint>;
  /** Pays by file, offline; answers the transaction as an item of a batch. */
  pay(amount: string): Promise<{ readonly txnId: string; readonly item: Uint8Array }>;
  /** The receiver's whole ledger, sealed to the bank. */
  exported(): Promise<object>;
}

export async function openLedgerParties(
  { database }: StoryBank,
  { ask }: Desk,
): Promise<LedgerParties> {
  const funding = { account: 'credit_line', currency: 'PKR', amount: '5000.00', note: 'week 47' };
  await ask('/api/v1/operator/funding', funding);
  const join = async (name: string) => {
    const keys = await generateLedgerKeys();
    const person = { full_name: name, email_or_phone: `${name}@example.com`, role: 'both' };
    const key = { public_key: publicJwk(keys.signing.publicKey) };
    const id = String((await ask('/kyc/register', { ...person, ...key }))['user_id']);
    await ask('/kyc/approve', { user_id: id, kyc_status: 'approved' });
    const kept = new Map<string, string>();
    const storage: LedgerStorage = {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
    };
    return { id, keys, storage, kept };
  };
  const [payer, shop] = [await join('ayesha'), await join('bilal')];
  const asked = await ask('/wallets/request', { user_id: payer.id, requested_limit: 1000 });
  const walletId = String(asked['wallet_id']);
  await ask('/wallets/approve', { wallet_id: walletId, status: 'approved' });
  const sender = openLedgerSender({ ...payer, walletId, clock: () => new Date() });
  const receiver = openLedgerReceiver(shop);
  const { rows } = await database.ownerPool.query<{ number: bigint; account: bigint }>(
    `select w.number, w.ledger_account as account
      from kyc_users as k join wallets as w on w.account_id = k.account_id
      where k.user_id = $1 and w.kind = 'current'`,
    [shop.id],
  );
  return {
    sender,
    receiver,
    limit: () => ask(`/wallets/${walletId}`),
    payee: Number(rows[0]?.number),
    payeeHas: async () => {
      const { rows: found } = await database.ownerPool.query<{ balance: bigint }>(
        'select balance from ledger_balances where account_id = $1',
        [rows[0]?.account],
      );
      return found[0]?.balance ?? -1n;
    },
    pay: async (amount) => {
      const to = { toId: shop.id, toKey: receiver.publicKeys.agreement, amount };
      const { txnId, file } = done(await sender.create(to));
      done(await receiver.accept(file));
      return { txnId, item: await lastItem(shop.kept) };
    },
    exported: async () => {
      const { public_key: bankKey } = await ask('/bank-public-key');
      const { file } = done(await receiver.exportForBank(JSON.stringify(bankKey)));
      return JSON.parse(file) as object;
    },
  };
}

/** Out of what the receiver keeps: the newest entry, as it stands in its ledger. */
async function lastItem(kept: ReadonlyMap<string, string>): Promise<Uint8Array> {
  const [text = ''] = kept.values();
  const ledger = JSON.parse(text) as { readonly kept: readonly { readonly text: string }[] };
  const upload = await openLedgerUpload(ledger.kept.at(-1)?.text ?? '', []);
  const entry = upload.ok ? upload.value.entries[0] : undefined;
  if (entry === undefined) throw new Error('The receiver keeps no entry.');
  return encodeLedgerItem(entry.transaction);
}
