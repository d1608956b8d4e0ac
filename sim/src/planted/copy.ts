import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bug } from './bug.ts';

/** Packages that a run is made of. */
const PACKAGES = ['api', 'auditor', 'bank', 'protocol', 'sim', 'wallet'] as const;

/** A copy of the sources, in which bugs are planted: the project itself is never touched. */
export interface Copy {
  readonly folder: string;
  /** Changes the sources for as long as `act` runs. Throws where a text is not there just once. */
  withBug<T>(bug: Bug, act: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

export async function createCopy(root: string): Promise<Copy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sikka-planted-'));
  for (const name of PACKAGES) {
    await mkdir(path.join(folder, name));
    await cp(path.join(root, name, 'src'), path.join(folder, name, 'src'), { recursive: true });
    await cp(path.join(root, name, 'package.json'), path.join(folder, name, 'package.json'));
  }
  await cp(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  await cp(path.join(root, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
  await linkModules(root, folder);
  return {
    folder,
    withBug: (bug, act) => withBug(folder, bug, act),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Others' packages are the project's; ours are the copy's. */
async function linkModules(root: string, folder: string): Promise<void> {
  const [from, to] = [root, folder].map((base) => path.join(base, 'node_modules')) as [
    string,
    string,
  ];
  await mkdir(path.join(to, '@sikka'), { recursive: true });
  for (const name of await readdir(from)) {
    if (name !== '@sikka') await symlink(path.join(from, name), path.join(to, name));
  }
  for (const name of PACKAGES) {
    await symlink(path.join(folder, name), path.join(to, '@sikka', name));
  }
}

async function withBug<T>(folder: string, bug: Bug, act: () => Promise<T>): Promise<T> {
  const before = new Map<string, string>();
  try {
    for (const edit of bug.edits) {
      const file = path.join(folder, edit.file);
      const text = await readFile(file, 'utf8');
      if (!before.has(file)) before.set(file, text);
      if (text.split(edit.find).length !== 2) {
        throw new Error(`${bug.name}: ${edit.file} does not have its text just once any more.`);
      }
      // A function, so that a `$` in the replacement stands for itself.
      await writeFile(
        file,
        text.replace(edit.find, () => edit.replace),
      );
    }
    return await act();
  } finally {
    for (const [file, text] of before) await writeFile(file, text);
  }
}
