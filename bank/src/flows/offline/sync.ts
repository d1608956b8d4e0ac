import { encodeCbor, hex } from '@sikka/protocol';
import type { Verifier } from '@sikka/protocol';
import type { Call, Reply } from '../../caller.ts';
import type { Pool } from '../../db/index.ts';
import type { Log } from '../../log.ts';
import type { Settlement } from '../../settlement/index.ts';
import { keysOf, walletsByKey, walletsOf } from '../../wallets/index.ts';
import { answerOf, chainBroken, failed, syncAnswer, waiting } from './answers.ts';
import type { Answer } from './answers.ts';
import { proveAttestation, storeAttestation } from './attestations.ts';
import type { ProvedAttestation } from './attestations.ts';
import { extendChains } from './chains.ts';
import type { BlockAccount, ChainOwner } from './chains.ts';
import { readBody, readElements } from './reading.ts';
import type { ChainClaim, SyncElement } from './reading.ts';
import { sentences } from './sentences.ts';
import { readIds, readOpen } from './store.ts';

export interface SyncDeps {
  readonly pool: Pool;
  readonly settlement: Settlement;
  readonly verifier: Verifier;
  readonly block: BlockAccount;
  readonly log: Log;
}

/**
 * Hands in what older clients keep (http-api.md, "Offline transactions"): what each element is
 * missing, whose it is, its chain, and then one batch on the way that every document goes. Each
 * element is answered by itself, in the order sent.
 */
export async function sync(
  deps: SyncDeps,
  { caller, raw, now }: Call<'syncOffline'>,
): Promise<Reply<'syncOffline'>> {
  const body = readBody(raw);
  if (body === undefined) {
    return { ok: false, code: 'request/malformed', detail: 'The body has too many values.' };
  }
  const elements = readElements(body.text, body.node);
  const batch: Batch = { owner: caller, elements, answers: new Map(), now };
  await refuseStrangers(deps, batch);
  const attested = await proveAttestations(deps, batch);
  await refuseBrokenChains(deps, batch, attested);
  for (const [place, proved] of attested) {
    if (batch.answers.has(place)) continue;
    const kept = await storeAttestation(deps.pool, caller, proved, now);
    const again = { result: 'synced', reason: undefined } as const;
    batch.answers.set(place, kept ? again : failed(sentences.duplicateAttestation));
  }
  await settlePayments(deps, batch);
  return { ok: true, status: 200, value: syncAnswer(await withIds(deps.pool, batch)) };
}

interface Batch {
  readonly owner: ChainOwner;
  readonly elements: readonly SyncElement[];
  /** What has been decided so far, by place. */
  readonly answers: Map<number, Answer>;
  readonly now: Date;
}

/** Those that nothing has been answered to. */
function open<K extends SyncElement['kind']>(
  { elements, answers }: Batch,
  kind: K,
): (readonly [number, Extract<SyncElement, { kind: K }>])[] {
  return elements.flatMap((element, place) =>
    element.kind === kind && !answers.has(place)
      ? [[place, element as Extract<SyncElement, { kind: K }>] as const]
      : [],
  );
}

/**
 * Only payer and payee of a payment, and the receiver of an attestation, may hand it in here: to
 * anybody else there is no such wallet, whether there is or not.
 */
async function refuseStrangers({ pool, log }: SyncDeps, batch: Batch): Promise<void> {
  for (const [place, { reason }] of open(batch, 'refused'))
    batch.answers.set(place, failed(reason));
  const wallets = await walletsOf(pool, batch.owner.accountId);
  const own = new Set(wallets.map(({ number }) => number));
  const payments = open(batch, 'payment');
  const owners = await walletsByKey(
    pool,
    payments.map(([, { item }]) => item.claimed.payeeKey),
  );
  const strange = [
    ...payments.filter(([, { item }]) => {
      const { payerWallet, payeeKey } = item.claimed;
      return !own.has(payerWallet) && !own.has(owners.get(hex(payeeKey)) ?? 0);
    }),
    ...open(batch, 'attestation').filter(([, { claimed }]) => !own.has(claimed.receiverWallet)),
  ];
  for (const [place] of strange) batch.answers.set(place, failed(sentences.wallet));
  if (strange.length === 0) return;
  log.warn('offline.not_a_party', { account: batch.owner.account, elements: strange.length });
}

async function proveAttestations(
  { pool, verifier }: SyncDeps,
  batch: Batch,
): Promise<ReadonlyMap<number, ProvedAttestation>> {
  const attested = open(batch, 'attestation');
  if (attested.length === 0) return new Map();
  const receivers = attested.map(([, { claimed }]) => claimed.receiverWallet);
  const keys = await keysOf(pool, receivers);
  const proved = new Map<number, ProvedAttestation>();
  for (const [place, element] of attested) {
    const by = { keys: keys.get(element.claimed.receiverWallet) ?? [], verifier };
    const proof = await proveAttestation(element, batch.owner, by);
    if (proof.ok) proved.set(place, proof.value);
    else batch.answers.set(place, failed(proof.reason));
  }
  return proved;
}

/**
 * Chains are looked at only where the caller signed: a payer could else hand a payee an element
 * whose upload blocks the payee.
 */
async function refuseBrokenChains(
  { pool, settlement, block }: SyncDeps,
  batch: Batch,
  attested: ReadonlyMap<number, ProvedAttestation>,
): Promise<void> {
  const wallets = await walletsOf(pool, batch.owner.accountId);
  const own = new Set(wallets.map(({ number }) => number));
  const payments = open(batch, 'payment').filter(
    ([, { chain, item }]) => hasChain(chain) && own.has(item.claimed.payerWallet),
  );
  const proofs = await settlement.proveEach(payments.map(([, { item }]) => item));
  const paid = new Map(payments.map(([place], at) => [place, proofs[at]]));
  const chained = batch.elements.flatMap((element, place) =>
    element.kind !== 'refused' &&
    !batch.answers.has(place) &&
    hasChain(element.chain) &&
    (attested.has(place) || paid.get(place)?.signed.ok === true)
      ? [{ place, claim: element.chain, isSettled: paid.get(place)?.isSettled === true }]
      : [],
  );
  if (chained.length === 0) return;
  const codes = await extendChains(pool, block, {
    owner: batch.owner,
    claims: chained.map(({ claim }) => claim),
    settled: new Set(chained.flatMap(({ isSettled }, at) => (isSettled ? [at] : []))),
    now: batch.now,
  });
  for (const [at, code] of codes.entries()) {
    const place = chained[at]?.place;
    if (code !== undefined && place !== undefined) batch.answers.set(place, chainBroken(code));
  }
}

function hasChain({ fields }: ChainClaim): boolean {
  return Object.values(fields).some((field) => field !== undefined);
}

/** One batch, stored before it is decided: whatever fails then, the worker goes on with it. */
async function settlePayments({ pool, settlement, log }: SyncDeps, batch: Batch): Promise<void> {
  const payments = open(batch, 'payment');
  if (payments.length === 0) return;
  const bytes = encodeCbor(payments.map(([, element]) => element.bytes));
  const received = await settlement.receive(bytes, batch.owner.account);
  if (!received.ok) throw new Error(`A batch of our own is ${received.code}.`);
  try {
    const outcomes = await settlement.settle(received.value.uploadId, bytes);
    const unsigned = payments.flatMap(([, { item }], at) =>
      outcomes[at]?.code === 'payer_key_unknown' ? [item.paymentId] : [],
    );
    const held = await readOpen(pool, unsigned);
    for (const [at, [place, { item }]] of payments.entries()) {
      const outcome = outcomes[at];
      if (outcome === undefined) continue;
      const isOpen = outcome.code === 'payer_key_unknown' && held.has(hex(item.paymentId));
      batch.answers.set(place, isOpen ? waiting(sentences.pending) : answerOf(outcome));
    }
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
    log.error('settlement.postponed', { upload: String(received.value.uploadId), reason });
  }
}

async function withIds(pool: Pool, { elements, answers }: Batch) {
  const paymentIds = [...answers.values()].flatMap(({ paymentId }) => paymentId ?? []);
  const ids = await readIds(pool, paymentIds);
  return elements.map(({ reference, amount }, place) => {
    const answer = answers.get(place) ?? waiting(sentences.pending);
    const { paymentId } = answer;
    const id = paymentId === undefined ? undefined : ids.get(hex(paymentId));
    return { answer, reference, amount, id };
  });
}
