/** How something left the app; `cancelled`: the person thought better of it. */
export type Shared = 'shared' | 'saved' | 'cancelled' | 'unsupported';

export interface SharedFile {
  readonly name: string;
  /** A media type. */
  readonly type: string;
  readonly content: Uint8Array | string;
}

/** Hands a file to another app, and saves it where the phone cannot. */
export async function shareFile({ name, type, content }: SharedFile): Promise<Shared> {
  const part = typeof content === 'string' ? content : new Uint8Array(content);
  const file = new File([part], name, { type });
  const given = await give({ files: [file] });
  if (given !== 'unsupported') return given;
  saveFile(file);
  return 'saved';
}

/** Hands a text to another app; where the phone cannot it is for the clipboard (`copyText`). */
export async function shareText(text: string): Promise<Shared> {
  return give({ text });
}

/** Answers whether the text is in the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** What is in the clipboard; undefined where the phone or the person does not allow it. */
export async function readCopied(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return undefined;
  }
}

async function give(what: ShareData): Promise<Shared> {
  if (!('canShare' in navigator) || !navigator.canShare(what)) return 'unsupported';
  try {
    await navigator.share(what);
    return 'shared';
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError'
      ? 'cancelled'
      : 'unsupported';
  }
}

/** Long enough for any browser to have begun. */
const SAVED_AFTER_MS = 60_000;

function saveFile(file: File): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = file.name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, SAVED_AFTER_MS);
}
