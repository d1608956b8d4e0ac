import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A temporary folder for an embedded PostgreSQL. Where we are root that one runs as another account
 * and passes through; else its data would lie elsewhere, and stay there.
 */
export const makeDataFolder = async (name: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), `sikka-${name}-`));
  await chmod(folder, 0o711);
  return folder;
};
