/** What seals and opens, as the bank's vault does it (`keys`). */
export interface Sealer {
  readonly name: string;
  seal(plaintext: Uint8Array, context: string): Promise<Uint8Array>;
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

/** The part of a mail that nobody but its reader may see. */
export interface SealedMail {
  readonly to: string;
  readonly values: Readonly<Record<string, string>>;
}

interface Place {
  readonly bank: string;
  readonly messageId: string;
}

export async function sealMail(vault: Sealer, place: Place, mail: SealedMail): Promise<Uint8Array> {
  return vault.seal(Buffer.from(JSON.stringify(mail)), contextOf(place));
}

/** Throws the vault's errors. */
export async function openMail(
  vault: Sealer,
  place: Place,
  sealed: Uint8Array,
): Promise<SealedMail> {
  const plain = Buffer.from(await vault.open(sealed, contextOf(place)));
  // Sealed by `sealMail` and by nobody else.
  return JSON.parse(plain.toString('utf8')) as SealedMail;
}

export function contextOf({ bank, messageId }: Place): string {
  return JSON.stringify(['mails', bank, messageId]);
}
