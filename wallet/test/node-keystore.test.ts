import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seal } from '@sikka/protocol';
import { describe, expect, it } from 'vitest';
import { openNodeKeystore } from '../src/adapters/node.ts';
import { PIN, readAll, TEST_LOG_N, temporaryFolder } from './support/folders.ts';
import { expectOk } from './support/world.ts';

async function folderWithClock() {
  const clock = { time: 1_000_000, now: () => clock.time };
  return { folder: await temporaryFolder(), clock };
}

describe('keys in files', () => {
  it('come back after a restart, and agree with themselves', async () => {
    const options = { ...(await folderWithClock()), pin: PIN, scryptLogN: TEST_LOG_N };
    const { keystore: first } = expectOk(await openNodeKeystore(options));
    const signer = await first.createSigner('ES256');
    const agreement = await first.createAgreementKey();
    const sealed = await first.seal(Uint8Array.of(7), Uint8Array.of(1));
    const { keystore } = expectOk(await openNodeKeystore(options));
    expect((await keystore.signer())?.publicKey).toEqual(signer.publicKey);
    expect((await keystore.createSigner('EdDSA')).publicKey).toEqual(signer.publicKey);
    expect(await keystore.unseal(sealed, Uint8Array.of(1))).toEqual(Uint8Array.of(7));
    expect(await keystore.unseal(sealed, Uint8Array.of(2))).toBeUndefined();
    expect(await keystore.agreementKeys()).toEqual([agreement]);
    const bind = new Uint8Array(32);
    const shown = await seal(Uint8Array.of(1, 2), { ecdhKey: agreement, bind });
    const opened = await keystore.open(agreement, shown, bind);
    expect(opened).toMatchObject({ ok: true, value: Uint8Array.of(1, 2) });
    await keystore.deleteAgreementKey(agreement);
    await keystore.deleteAgreementKey(agreement);
    const gone = await keystore.open(agreement, shown, bind);
    expect(gone).toMatchObject({ ok: false, code: 'sealed/open_failed' });
  });

  it.each(['ES256', 'EdDSA', 'PS256'] as const)('sign with %s', async (suite) => {
    const options = { ...(await folderWithClock()), pin: PIN, scryptLogN: TEST_LOG_N };
    const { keystore } = expectOk(await openNodeKeystore(options));
    expect((await keystore.createSigner(suite)).suite).toBe(suite);
    const { keystore: again } = expectOk(await openNodeKeystore(options));
    expect((await again.signer())?.suite).toBe(suite);
  });

  it('slow a guesser down, also over restarts and with a right PIN in between', async () => {
    const options = { ...(await folderWithClock()), scryptLogN: TEST_LOG_N };
    expectOk(await openNodeKeystore({ ...options, pin: PIN }));
    for (const expected of [0, 0, 30]) {
      const wrong = await openNodeKeystore({ ...options, pin: '0000' });
      expect(wrong).toMatchObject({ ok: false, code: 'wallet/pin_wrong' });
      expect(!wrong.ok && wrong.detail).toContain(`wait ${expected} seconds`);
    }
    const waiting = { ok: false, code: 'wallet/pin_wait' };
    expect(await openNodeKeystore({ ...options, pin: PIN })).toMatchObject(waiting);
    options.clock.time += 29;
    expect(await openNodeKeystore({ ...options, pin: PIN })).toMatchObject(waiting);
    options.clock.time += 1;
    const fourth = await openNodeKeystore({ ...options, pin: '1111' });
    expect(fourth).toMatchObject({ code: 'wallet/pin_wrong' });
    options.clock.time += 59;
    expect(await openNodeKeystore({ ...options, pin: PIN })).toMatchObject(waiting);
    // A clock set back begins the wait again.
    options.clock.time -= 500_000;
    expect(await openNodeKeystore({ ...options, pin: PIN })).toMatchObject(waiting);
    options.clock.time += 60;
    expectOk(await openNodeKeystore({ ...options, pin: PIN }));
    // A right PIN clears the count.
    expect(await openNodeKeystore({ ...options, pin: '0000' })).toMatchObject({
      code: 'wallet/pin_wrong',
    });
    expectOk(await openNodeKeystore({ ...options, pin: PIN }));
  });

  it('count many guesses at once one by one', async () => {
    const options = { ...(await folderWithClock()), scryptLogN: TEST_LOG_N };
    expectOk(await openNodeKeystore({ ...options, pin: PIN }));
    const guesses = Array.from({ length: 10 }, (_, guess) =>
      openNodeKeystore({ ...options, pin: `000${guess}` }),
    );
    const codes = (await Promise.all(guesses)).map((answer) => !answer.ok && answer.code);
    expect(codes.filter((code) => code === 'wallet/pin_wrong')).toHaveLength(3);
    expect(codes.filter((code) => code === 'wallet/pin_wait')).toHaveLength(7);
  });

  it('count an edited counter against the guesser', async () => {
    const options = { ...(await folderWithClock()), scryptLogN: TEST_LOG_N };
    expectOk(await openNodeKeystore({ ...options, pin: PIN }));
    await writeFile(join(options.folder, 'tries'), '-5 0\n');
    expect(await openNodeKeystore({ ...options, pin: PIN })).toMatchObject({
      code: 'wallet/pin_wait',
    });
  });

  it('ask again before each payment, unless told to ask once', async () => {
    const options = { ...(await folderWithClock()), pin: PIN, scryptLogN: TEST_LOG_N };
    const { keystore } = expectOk(await openNodeKeystore(options));
    expect(await keystore.authorise(undefined)).toMatchObject({ code: 'wallet/pin_required' });
    expect(await keystore.authorise('12')).toMatchObject({ code: 'wallet/pin_wrong' });
    expect(await keystore.authorise('4321')).toMatchObject({ code: 'wallet/pin_wrong' });
    expect(await keystore.authorise(PIN)).toBeUndefined();
    const session = expectOk(await openNodeKeystore({ ...options, gate: 'session' }));
    expect(await session.keystore.authorise(undefined)).toBeUndefined();
  });

  it('are not there in the clear, and damage is told from a wrong PIN', async () => {
    const options = { ...(await folderWithClock()), pin: PIN, scryptLogN: TEST_LOG_N };
    const { keystore } = expectOk(await openNodeKeystore(options));
    await keystore.createSigner('ES256');
    await keystore.createAgreementKey();
    // PKCS #8 of a P-256 key has this in it, whatever the key.
    const pkcs8 = Buffer.from('06072a8648ce3d0201', 'hex');
    for (const [path, bytes] of await readAll(options.folder)) {
      expect(bytes.includes(pkcs8), path).toBe(false);
    }
    const path = join(options.folder, 'keys');
    const file = await readFile(path);
    const damaged = { code: 'wallet/store_damaged' };
    await writeFile(path, file.subarray(1));
    await expect(openNodeKeystore(options)).rejects.toMatchObject(damaged);
    await writeFile(path, file);
    await writeFile(join(options.folder, 'signer'), 'rubbish');
    const { keystore: again } = expectOk(await openNodeKeystore(options));
    await expect(again.signer()).rejects.toMatchObject(damaged);
    await rm(path);
    expectOk(await openNodeKeystore(options));
  });
});
