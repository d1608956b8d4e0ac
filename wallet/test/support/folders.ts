import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openNodeKeystore, openNodeStore } from '../../src/adapters/node.ts';
import type { NodeKeystoreOptions } from '../../src/adapters/node.ts';
import type { WalletParts } from '../../src/core/wallet.ts';
import { expectOk } from './world.ts';
import type { Phone } from './world.ts';

/** Fast to open, which a real wallet must not be. */
export const TEST_LOG_N = 10;
export const PIN = '2580';

/** A folder of its own for this test, gone when it ends. */
export async function temporaryFolder(): Promise<string> {
  const around = await mkdtemp(join(tmpdir(), 'sikka-wallet-'));
  onTestFinished(() => rm(around, { recursive: true, force: true }));
  // A store keeps a little beside its folder, which must go too.
  const folder = join(around, 'wallet');
  await mkdir(folder);
  return folder;
}

/** The phone's parts with its journal and keys in `folder`. */
export async function partsIn(
  phone: Phone,
  folder: string,
  changes: Partial<NodeKeystoreOptions> = {},
): Promise<WalletParts> {
  const { keystore } = expectOk(
    await openNodeKeystore({
      folder,
      pin: PIN,
      clock: phone.clock,
      gate: 'session',
      scryptLogN: TEST_LOG_N,
      ...changes,
    }),
  );
  const store = await openNodeStore({ folder });
  onTestFinished(() => store.close());
  return { ...phone.parts, keystore, store };
}

/** Every byte under a folder, by path. */
export async function readAll(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)),
  );
}
