import { publicKeyPem, readSpki } from '@sikka/protocol';
import type { Refused } from '../caller.ts';
import { inTransaction } from '../db/index.ts';
import type { Tx } from '../db/index.ts';
import type { Codes, Notices, People } from '../identity/index.ts';
import { createWallet } from './create.ts';
import type { CreateDeps, Created, WalletOrder } from './create.ts';
import { deleteRequest, readClaimed, readRequest, upsertRequest } from './store/requests.ts';
import type { WalletRequest } from './store/requests.ts';

export interface AskWalletDeps extends CreateDeps {
  readonly people: Pick<People, 'update' | 'profile'>;
  readonly codes: Codes;
  readonly notices: Notices;
}

/** Undoes a transaction with what the caller is told. */
class Undo extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.code);
    this.refused = refused;
  }
}

/** The first of two steps, for clients that want a code in between: what is asked is remembered. */
export async function askWallet(
  deps: AskWalletDeps,
  order: Omit<WalletOrder, 'fresh' | 'idempotencyKey'>,
): Promise<
  | { readonly ok: true; readonly id: string; readonly demoCode: string | undefined }
  | Refused
  | { readonly ok: false; readonly code: 'wallet/exists' | 'wallet/key_invalid' }
> {
  const { accountId, kind, currency, bankAccount, pem, now } = order;
  const key = pem === undefined ? undefined : readSpki(pem);
  if (key?.ok === false) return { ok: false, code: 'wallet/key_invalid' };
  if (await readClaimed(deps.pool, { accountId, kind, currency })) {
    return { ok: false, code: 'wallet/exists' };
  }
  try {
    return await inTransaction(deps.pool, async (tx) => {
      const hasBankAccount = bankAccount !== undefined;
      if (hasBankAccount) await deps.people.update(tx, accountId, { iban: bankAccount });
      const request = { kind, currency, modulus: key?.value.modulus, hasBankAccount };
      await upsertRequest(tx, accountId, request, now);
      return sendCode(tx, deps, { accountId, request, now });
    });
  } catch (error) {
    if (error instanceof Undo) return error.refused;
    throw error;
  }
}

async function sendCode(
  tx: Tx,
  { codes, notices }: AskWalletDeps,
  ask: { readonly accountId: bigint; readonly request: WalletRequest; readonly now: Date },
) {
  const { accountId, now } = ask;
  const issued = await codes.issue(tx, {
    ...{ subject: { accountId }, accountId, purpose: 'create_wallet', now },
    about: aboutOf(ask.request),
    send: (inner, code) =>
      notices.tell(inner, { accountId, template: 'wallet_code', values: { code }, at: now }),
  });
  if (!issued.ok) throw new Undo(issued);
  return issued;
}

/** A code for one wallet is none for another. */
function aboutOf({ kind, currency }: WalletRequest): string {
  return `${kind}:${currency}`;
}

/** The second step: makes what was asked for. */
export async function verifyWallet(
  deps: AskWalletDeps,
  use: Pick<WalletOrder, 'accountId' | 'account' | 'fresh' | 'now'> & { readonly code: string },
): Promise<Created | Refused> {
  const { accountId, now } = use;
  const request = await readRequest(deps.pool, accountId);
  const used = await deps.codes.use(deps.pool, {
    ...{ subject: { accountId }, purpose: 'create_wallet', code: use.code, now },
    about: request === undefined ? 'nothing' : aboutOf(request),
  });
  if (!used.ok) return used;
  if (request === undefined) throw new Error('A code fitted nothing that was asked for.');
  const { kind, currency, modulus, hasBankAccount } = request;
  const iban = hasBankAccount ? (await deps.people.profile(deps.pool, accountId))?.iban : undefined;
  const created = await createWallet(deps, {
    ...{ ...use, kind, currency, bankAccount: iban, idempotencyKey: undefined },
    pem: modulus === undefined ? undefined : publicKeyPem('PS256', modulus),
  });
  await inTransaction(deps.pool, (tx) => deleteRequest(tx, accountId));
  return created;
}
