import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { openPayee } from '../src/payee/index.ts';
import { openPayer } from '../src/payer/index.ts';
import { partsIn, readAll, temporaryFolder } from './support/folders.ts';
import { clientOf, createPhone, createWorld, exchange, expectOk } from './support/world.ts';
import { openPayerOn } from './support/world.ts';

async function walletInFolder(account = 'ayesha') {
  const world = await createWorld();
  const folder = join(await temporaryFolder(), 'wallet');
  const phone = await world.phone(account);
  const { payer } = expectOk(await openPayer(await partsIn(phone, folder)));
  expectOk(await payer.enrol({ role: 'both' }));
  expectOk(await payer.requestAllowance(100_000n));
  const { payee } = await world.payee();
  return { world, folder, phone, payer, payee };
}

describe('a backup that is restored', () => {
  it('stops spending for good once the bank knows more than it', async () => {
    const { world, folder, phone, payer, payee } = await walletInFolder();
    await exchange(payer, payee, 100n);
    const backup = `${folder}-backup`;
    await cp(folder, backup, { recursive: true });
    await exchange(payer, payee, 200n);
    expectOk(await payee.sync());

    const parts = await partsIn(phone, backup);
    const restored = expectOk(await openPayer(parts)).payer;
    expect(expectOk(await restored.sync())).toMatchObject({ rolledBack: true });
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    const stopped = { ok: false, code: 'wallet/spending_stopped' };
    expect(await restored.pay(request.text)).toMatchObject(stopped);
    expect(await restored.requestAllowance(5n)).toMatchObject(stopped);
    const { allowances, leftMinor } = expectOk(await restored.state());
    expect(allowances[0]).toMatchObject({ status: 'stopped' });
    expect(leftMinor).toBe(0n);
    expect(await restored.signReturn(allowances[0]?.allowanceId ?? '')).toMatchObject(stopped);
    await parts.store.close();
    // For good: also after a restart, a sync, and with the original far behind again.
    const again = expectOk(await openPayer(await partsIn(phone, backup))).payer;
    expectOk(await again.sync());
    expect(await again.pay(request.text)).toMatchObject(stopped);
    // The original goes on.
    expectOk(await payer.pay(request.text));
    expect(world.bank.ledger.settledInAll()).toHaveLength(2);
  });

  it('that signed another payment of a sequence is found out by its head', async () => {
    const { folder, phone, payer, payee } = await walletInFolder();
    const backup = `${folder}-backup`;
    await cp(folder, backup, { recursive: true });
    const restored = expectOk(await openPayer(await partsIn(phone, backup))).payer;
    await exchange(payer, payee, 100n);
    expectOk(await payer.sync());
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    const cheat = expectOk(await restored.pay(request.text));
    expect(await payee.accept(cheat.text)).toMatchObject({
      verdict: 'refused',
      code: 'double_spend',
    });
    expect(expectOk(await restored.sync()).rolledBack).toBe(true);
  });

  it('into a new journal with the same key spends nothing of another journal', async () => {
    const { bank, phone: newPhone, payee: newPayee } = await createWorld();
    const phone = await newPhone('ayesha');
    const payer = await openPayerOn(phone);
    expectOk(await payer.enrol({ role: 'payer' }));
    expectOk(await payer.requestAllowance(1_000n));
    const { payee } = await newPayee();
    await exchange(payer, payee, 10n);

    // The journal is lost and the key kept; somebody replays the bank's answer to the new one.
    const [allowance] = bank.ledger.rows('ayesha');
    const replaying: typeof fetch = async (input, init) => {
      const { pathname } = new URL(new Request(input).url);
      if (pathname === '/api/v1/allowances') return Response.json(allowance);
      return bank.fetch(input, init);
    };
    const reinstalled = await createPhone(bank, 'ayesha');
    const client = clientOf({ fetch: replaying }, 'ayesha');
    const parts = { ...reinstalled.parts, keystore: phone.keystore, client };
    const fresh = expectOk(await openPayer(parts)).payer;
    expectOk(await fresh.enrol({ role: 'payer' }));
    expect(await fresh.requestAllowance(1_000n)).toMatchObject({
      ok: false,
      code: 'wallet/allowance_not_ours',
    });
    const request = expectOk(await payee.createRequest({ amountMinor: 5n }));
    expect(await fresh.pay(request.text)).toMatchObject({ code: 'wallet/no_allowance' });
    // Of the real bank it gets an allowance of its own.
    const own = await openPayerOn({
      ...reinstalled,
      parts: { ...parts, client: phone.parts.client },
    });
    expectOk(await own.requestAllowance(500n));
    expectOk(await own.pay(request.text));
  });
});

describe('what is stored', () => {
  it('shows no amount, no name, no key, no id and no text of ours', async () => {
    const { world, folder, phone, payer, payee } = await walletInFolder();
    const amountMinor = 54_321n;
    const { payment, accepted } = await exchange(payer, payee, amountMinor);
    expectOk(await payer.acceptReceipt(accepted.receiptText));
    await world.bank.issueBulletin();
    expectOk(await payer.sync());
    const till = expectOk(await openPayee(await partsIn(phone, folder))).payee;
    expectOk(await till.createRequest({ amountMinor }));
    const signer = await payer.wallet.keystore.signer();
    const secrets: Readonly<Record<string, Uint8Array>> = {
      name: utf8('Kiryana'),
      town: utf8('Chakwal'),
      account: utf8('ayesha'),
      amount: Uint8Array.of(0x19, 0xd4, 0x31),
      'public key': signer!.publicKey.slice(1),
      'payment id': Buffer.from(payment.paymentId, 'hex'),
      'sealed packet': payment.packet.slice(0, 40),
      receipt: accepted.receipt.slice(0, 40),
      'issuer key': world.bank.issuers()[0]!.key.publicKey.slice(1),
    };
    for (const place of [folder, `${folder}.apart`]) {
      for (const [path, bytes] of await readAll(place)) {
        for (const [what, secret] of Object.entries(secrets)) {
          // Three bytes turn up by chance in a few kilobytes once in a thousand runs or so.
          if (what === 'amount' && bytes.length > 20_000) continue;
          expect(bytes.includes(Buffer.from(secret)), `${what} in ${path}`).toBe(false);
        }
      }
    }
  });

  it('does not open as another wallet’s', async () => {
    const { folder, phone } = await walletInFolder();
    const other = await temporaryFolder();
    const strange = await partsIn(phone, other);
    const parts = { ...(await partsIn(phone, folder)), keystore: strange.keystore };
    expect(await openPayer(parts)).toMatchObject({ ok: false, code: 'wallet/store_damaged' });
  });
});
