import type { Suite } from '@sikka/protocol';
import { generateNodeSigningKey } from '@sikka/protocol/node';
import type { Db, Tx } from '../db/index.ts';
import { KeysError } from './errors.ts';
import { contextOf, createCurrentSigner } from './issuer-signer.ts';
import type { IssuerKeysOptions, IssuerSigner } from './issuer-signer.ts';
import { limits } from './limits.ts';
import { sealPrivateKey } from './sealed-key.ts';
import { insertIssuerKey, lockIssuerKeys, readIssuerKeys, retireIssuerKeys } from './store.ts';
import type { IssuerKeyRow } from './store.ts';
import { addDays, secondsOf, wholeSeconds } from './window.ts';

/** What everybody may know of an issuer key (spec/suites.md §3); usable as the judge's record. */
export interface PublicIssuerKey {
  readonly number: number;
  readonly suite: Suite;
  readonly publicKey: Uint8Array;
  /** Seconds; both ends included. */
  readonly from: number;
  readonly until: number;
  /** Since when it signs nothing more; it still verifies. */
  readonly retiredAt: Date | undefined;
}

export interface IssuerKeys {
  /**
   * Makes the first key, or the next where the current one nears its end; else changes nothing.
   * Many may call it at once: one key comes of it. To be called at start and daily.
   */
  ensure(tx: Tx): Promise<PublicIssuerKey>;
  /** Makes a new key, which signs from its commit on; the one before verifies until its end. */
  rotate(tx: Tx, options?: { readonly suite?: Suite }): Promise<PublicIssuerKey>;
  /**
   * Every key there ever was, by number. Inside a transaction, by that: whoever holds a connection
   * and waits for a second one can wait for ever.
   */
  list(tx?: Tx): Promise<readonly PublicIssuerKey[]>;
  /** The same as the judge takes them. */
  issuers(): Promise<ReadonlyMap<number, PublicIssuerKey>>;
  /**
   * The current key. Throws `keys/no_issuer_key`, or the vault's errors. A key that another
   * process has retired may still come for `limits.signerFreshMs`. Inside a transaction, by
   * that, as with `list`; never by one that made a key, which may yet be undone.
   */
  signer(db: Db): Promise<IssuerSigner>;
  /**
   * Makes the next `signer` look at the database. To be called when a transaction that made a key
   * has committed: until then everybody else still read, and kept, the key before.
   */
  refresh(): void;
}

export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const { pool, clock } = options;
  const current = createCurrentSigner(options);
  const listed = async (db: Db = pool) => (await readIssuerKeys(db)).map(publicPart);
  return {
    ensure: async (tx) => {
      const last = (await lockIssuerKeys(tx)).at(-1);
      const needed = addDays(clock(), limits.issuerKeyReserveDays);
      if (last !== undefined && last.until > needed) return publicPart(last);
      return makeKey(tx, options, { number: numberAfter(last), suite: last?.suite ?? 'ES256' });
    },
    rotate: async (tx, { suite = 'ES256' } = {}) => {
      const last = (await lockIssuerKeys(tx)).at(-1);
      return makeKey(tx, options, { number: numberAfter(last), suite });
    },
    list: (tx) => listed(tx),
    issuers: async () => new Map((await listed()).map((key) => [key.number, key])),
    signer: (db) => current.get(db),
    refresh: () => current.forget(),
  };
}

function numberAfter(last: IssuerKeyRow | undefined): number {
  const number = (last?.number ?? 0) + 1;
  if (number <= limits.issuerKeyNumber) return number;
  throw new KeysError('keys/numbers_used_up', 'There is no issuer key number left.');
}

async function makeKey(
  tx: Tx,
  { vault, bank, clock }: IssuerKeysOptions,
  { number, suite }: { readonly number: number; readonly suite: Suite },
): Promise<PublicIssuerKey> {
  const from = wholeSeconds(clock());
  const { privateKey, publicKey } = await generateNodeSigningKey(suite);
  const row = {
    number,
    suite,
    publicKey,
    from,
    until: addDays(from, limits.issuerKeyValidDays),
    retiredAt: undefined,
  };
  const sealed = await sealPrivateKey(vault, privateKey, contextOf(bank, row));
  if (!(await insertIssuerKey(tx, { ...row, sealed, vault: vault.name, createdAt: from }))) {
    // The very first key, made by somebody else at this moment: there was no row to lock.
    const first = (await lockIssuerKeys(tx)).at(-1);
    if (first === undefined) throw new Error('An issuer key vanished.');
    return publicPart(first);
  }
  await retireIssuerKeys(tx, { before: number, at: from });
  return publicPart(row);
}

function publicPart(row: IssuerKeyRow): PublicIssuerKey {
  return {
    number: row.number,
    suite: row.suite,
    publicKey: new Uint8Array(row.publicKey),
    from: secondsOf(row.from),
    until: secondsOf(row.until),
    retiredAt: row.retiredAt,
  };
}
