import { readFile, stat } from 'node:fs/promises';
import { DatabaseError } from '../errors.ts';
import { run } from './processes.ts';

/** The system account that PostgreSQL runs as when we are root, which it refuses to be. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const usualAccounts = ['postgres', 'sikka', 'nobody'];

/**
 * As root: the account asked for, else whoever owns the first of `belongings` that exists and is
 * not root's, else a usual one. As anybody else: `undefined`, PostgreSQL runs as ourselves.
 *
 * @param belongings the data folder, then the folder it is in, then the installed program.
 */
export async function chooseAccount(options: {
  readonly asked: string | undefined;
  readonly belongings: readonly string[];
}): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return refuseAsked(options.asked);
  if (options.asked !== undefined) return askedAccount(options.asked);
  for (const path of options.belongings) {
    const uid = await ownerOf(path);
    if (uid === undefined || uid === 0) continue;
    const account = await findAccount(String(uid));
    if (account !== undefined) return account;
  }
  for (const name of usualAccounts) {
    const account = await findAccount(name);
    if (account !== undefined && account.uid !== 0) return account;
  }
  throw new DatabaseError(
    'db/account_unusable',
    'PostgreSQL refuses to run as root, and none of the accounts ' +
      `${usualAccounts.join(', ')} exists here. Start Sikka as an ordinary user, or name an ` +
      'account for PostgreSQL.',
  );
}

/** PostgreSQL starts on a folder only as its owner. */
export async function refuseOtherOwner(
  dataFolder: string,
  account: Account | undefined,
): Promise<void> {
  const owner = await ownerOf(dataFolder);
  const ours = account?.uid ?? process.getuid?.();
  if (owner === undefined || ours === undefined || owner === ours) return;
  const ownerName = (await findAccount(String(owner)))?.name ?? `user number ${owner}`;
  throw new DatabaseError(
    'db/account_unusable',
    `The data folder ${dataFolder} belongs to ${ownerName}, but PostgreSQL would run as ` +
      `${account?.name ?? 'you'}. Start Sikka as ${ownerName} or as root, or give it another ` +
      'DATA_DIR.',
  );
}

function refuseAsked(asked: string | undefined): undefined {
  if (asked === undefined) return undefined;
  throw new DatabaseError(
    'db/account_unusable',
    `Only root can run PostgreSQL as another account ("${asked}"). Leave the account out, and ` +
      'PostgreSQL runs as you.',
  );
}

async function askedAccount(asked: string): Promise<Account> {
  const account = await findAccount(asked);
  if (account === undefined || account.uid === 0) {
    throw new DatabaseError(
      'db/account_unusable',
      `PostgreSQL cannot run as "${asked}": ` +
        (account === undefined ? 'there is no such account.' : 'it refuses to run as root.'),
    );
  }
  return account;
}

/** By name or number. initdb wants the number in the password file too, so one that is not there
 * is no account. */
async function findAccount(nameOrUid: string): Promise<Account | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined) continue;
    if (name === nameOrUid || uid === nameOrUid) {
      return { name, uid: Number(uid), gid: Number(gid) };
    }
  }
  return findElsewhere(nameOrUid);
}

/** Directory services (macOS, LDAP), through `id`. A name is never read as an option. */
async function findElsewhere(nameOrUid: string): Promise<Account | undefined> {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(nameOrUid)) return undefined;
  const [name, uid, gid] = await Promise.all(
    ['-un', '-u', '-g'].map((flag) => run({ file: '/usr/bin/id', args: [flag, nameOrUid] })),
  );
  if (name?.code !== 0 || uid?.code !== 0 || gid?.code !== 0) return undefined;
  return { name: name.output.trim(), uid: Number(uid.output), gid: Number(gid.output) };
}

async function ownerOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ uid }) => uid,
    () => undefined,
  );
}
