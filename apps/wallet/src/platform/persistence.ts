/** Whether the browser may throw away what is kept here when the phone runs full. */
export type Persistence = 'kept' | 'may_be_lost' | 'unsupported';

export async function readPersistence(): Promise<Persistence> {
  return decide((storage) => storage.persisted());
}

/** Asks; some browsers ask the person, others decide by how the app is used. */
export async function askToPersist(): Promise<Persistence> {
  return decide((storage) => storage.persist());
}

/** Bytes used and the most there may be; undefined where the browser does not say. */
export async function readRoom(): Promise<
  { readonly used: number; readonly most: number } | undefined
> {
  if (!('storage' in navigator)) return undefined;
  const { usage, quota } = await navigator.storage
    .estimate()
    .catch(() => ({ usage: undefined, quota: undefined }));
  return usage === undefined || quota === undefined ? undefined : { used: usage, most: quota };
}

async function decide(ask: (storage: StorageManager) => Promise<boolean>): Promise<Persistence> {
  if (!('storage' in navigator) || !('persist' in navigator.storage)) return 'unsupported';
  try {
    return (await ask(navigator.storage)) ? 'kept' : 'may_be_lost';
  } catch {
    return 'unsupported';
  }
}
