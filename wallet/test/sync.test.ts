import { toBase64url } from '@sikka/api';
import { sha256, utf8 } from '@sikka/protocol';
import type { UploadReceipt } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../src/adapters/memory.ts';
import { UPLOAD_PACKETS } from '../src/limits.ts';
import { issue } from './support/documents.ts';
import { problem } from './support/test-bank.ts';
import { clientOf, createWorld, exchange, expectOk } from './support/world.ts';
import { openPayeeOn, openPayerOn } from './support/world.ts';
import type { World } from './support/world.ts';

type Answer = (response: Response) => Response | Promise<Response>;

/** A network in which somebody changes the answers to one path. */
function changing(world: World, path: string, answer: Answer): typeof fetch {
  return async (input, init) => {
    const response = await world.bank.fetch(input, init);
    return new URL(new Request(input).url).pathname === path ? answer(response) : response;
  };
}

/** The answer with some of its fields replaced. */
const replacing =
  (changes: Readonly<Record<string, unknown>>): Answer =>
  async (response) =>
    Response.json({ ...((await response.json()) as object), ...changes }, response);

const DOCUMENTS = '/api/v1/documents';

describe('a sync', () => {
  it('hands in a long queue in batches', async () => {
    const world = await createWorld();
    world.bank.policy.count = UPLOAD_PACKETS + 10;
    const { payer } = await world.payer();
    const { payee } = await world.payee();
    const code = expectOk(await payee.printedCode());
    const total = UPLOAD_PACKETS + 3;
    for (let i = 0; i < total; i++) {
      const { text } = expectOk(await payer.pay(code.text, { amountMinor: 2n }));
      expectOk(await payee.accept(text));
    }
    expect(expectOk(await payee.sync())).toMatchObject({ decided: total, pending: 0 });
    const calls = world.bank.log.filter((call) => call === `POST ${DOCUMENTS}`);
    expect(calls).toHaveLength(2);
    expect([...world.bank.ledger.paid.values()]).toEqual([2n * BigInt(total)]);
  });

  it('believes no answer that the bank has not signed for these bytes', async () => {
    const world = await createWorld();
    const { phone, payee } = await world.payee();
    const { payer } = await world.payer();
    await exchange(payer, payee, 5n);
    const foreign = await issue<UploadReceipt>(world.bank.issuers()[0]!, {
      type: 'upload-receipt',
      sha256: sha256(utf8('other bytes')),
      uploader: 'bilal',
      receivedAt: world.bank.time.now,
    });
    const outcome = { result: 'settled' };
    const lies: readonly Readonly<Record<string, unknown>>[] = [
      { upload_receipt: 'AAAA' },
      { upload_receipt: toBase64url(foreign) },
      { outcomes: [] },
      { outcomes: [outcome, outcome] },
    ];
    for (const lie of lies) {
      const fetchBank = changing(world, DOCUMENTS, replacing(lie));
      const till = await openPayeeOn(phone, { client: clientOf({ fetch: fetchBank }, 'bilal') });
      const answer = await till.sync();
      expect(answer, JSON.stringify(lie)).toMatchObject({
        ok: false,
        code: 'wallet/answer_invalid',
      });
      expect(expectOk(await till.pending()).payments).toHaveLength(1);
    }
  });

  it('keeps handing in what was refused for its bytes only', async () => {
    const world = await createWorld();
    const { phone, payee } = await world.payee();
    const { payer } = await world.payer();
    await exchange(payer, payee, 5n);
    const lie = { outcomes: [{ result: 'rejected', code: 'malformed' }] };
    const fetchBank = changing(world, DOCUMENTS, replacing(lie));
    const till = await openPayeeOn(phone, { client: clientOf({ fetch: fetchBank }, 'bilal') });
    expect(expectOk(await till.sync())).toMatchObject({ decided: 0, pending: 1 });
    expect(expectOk(await payee.sync())).toMatchObject({ decided: 1, pending: 0 });
  });

  it('keeps the bank’s first answer, whatever comes later', async () => {
    const world = await createWorld();
    const { phone, payer } = await world.payer();
    const { payee } = await world.payee();
    world.bank.policy.claimSeconds = 1;
    const { payment } = await exchange(payer, payee, 5n);
    const proof_id = 'ab'.repeat(32);
    const rejected = { outcomes: [{ result: 'rejected', code: 'contradiction', proof_id }] };
    const fetchBank = changing(world, DOCUMENTS, replacing(rejected));
    const client = clientOf({ fetch: fetchBank }, 'ayesha');
    const strange = await openPayerOn(phone, { client });
    expectOk(await strange.sync());
    for (const wallet of [strange, payer, await openPayerOn(phone)]) {
      expectOk(await wallet.sync());
      expect(expectOk(await wallet.state()).payments[0]).toMatchObject({
        paymentId: payment.paymentId,
        state: 'rejected',
        code: 'contradiction',
        proofId: proof_id,
      });
    }
  });

  it('tells of a second payment of one request, for which a refund is due', async () => {
    const world = await createWorld();
    const { payer } = await world.payer();
    const { payer: second } = await world.payer('zara');
    const { payee } = await world.payee();
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    expectOk(await payer.pay(request.text));
    expectOk(await second.pay(request.text));
    expectOk(await payer.sync());
    expectOk(await second.sync());
    expect(expectOk(await second.state()).payments[0]).toMatchObject({ extra: true });
  });

  it('says what keeps it from the bank', async () => {
    const world = await createWorld();
    const { phone } = await world.payer();
    const through = async (answer: Response) => {
      const fetchBank: typeof fetch = async () => answer.clone();
      const client = clientOf({ fetch: fetchBank }, 'ayesha');
      const refusal = await (await openPayerOn(phone, { client })).sync();
      return refusal.ok ? 'fine' : refusal.code;
    };
    expect(await through(new Response('<html>', { status: 200 }))).toBe('wallet/bank_unreachable');
    expect(await through(problem('server/unavailable'))).toBe('wallet/bank_unreachable');
    expect(await through(problem('auth/token_expired'))).toBe('wallet/bank_refused');
  });
});

describe('an enrolment', () => {
  it('takes no credential of another key and no keys of another bank', async () => {
    const world = await createWorld();
    const { payee: other } = await world.payee('chaudhry');
    const held = (await other.wallet.journal.read()).enrolment?.answer?.credential;
    expect(held).toBeDefined();
    const phone = await world.phone('bilal');
    const enrolThrough = async (path: string, lie: Readonly<Record<string, unknown>>) => {
      const client = clientOf({ fetch: changing(world, path, replacing(lie)) }, 'bilal');
      return (await openPayeeOn(phone, { client })).enrol({ role: 'payee' });
    };
    const invalid = { ok: false, code: 'wallet/answer_invalid' };
    const keys = '/.well-known/sikka-issuer-keys.json';
    expect(await enrolThrough(keys, { bank: 'another-bank' })).toMatchObject(invalid);
    const stolen = world.credentialPacket(held!);
    const devices = '/api/v1/devices';
    expect(await enrolThrough(devices, { credential: stolen })).toMatchObject(invalid);
    expect(await enrolThrough(devices, { credential: 'AAAA' })).toMatchObject(invalid);
    expectOk(await (await openPayeeOn(phone)).enrol({ role: 'payee' }));
  });
});

describe('a store that fails', () => {
  it('is the answer of every verb, and nothing is shown', async () => {
    const world = await createWorld();
    const { phone, payer } = await world.payer();
    const { payee } = await world.payee();
    const { text } = expectOk(await payee.createRequest({ amountMinor: 5n }));
    const disk = openMemoryStore(phone.disk);
    const conflicting = await openPayerOn(phone, {
      store: { ...disk, append: async () => 'conflict' },
    });
    expect(await conflicting.pay(text)).toMatchObject({
      ok: false,
      code: 'wallet/store_conflict',
    });
    const busy = await openPayerOn(phone);
    const held = phone.disk.queue(() => new Promise((resolve) => setTimeout(resolve, 20)));
    expectOk(await busy.pay(text));
    await held;
    expect(expectOk(await payer.state()).payments).toHaveLength(1);
  });
});
