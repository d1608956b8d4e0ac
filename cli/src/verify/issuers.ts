import { createClient } from '@sikka/api';
import { fromHex, suiteOf } from '@sikka/protocol';
import type { IssuerKey, IssuerKeys, Suite } from '@sikka/protocol';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../errors.ts';

/** As the bank publishes them, or as the test vectors write them. */
interface WrittenKey {
  readonly number: number;
  readonly suite: Suite | number;
  readonly public_key?: string;
  readonly publicKey?: string;
}

const readKey = (written: WrittenKey): IssuerKey => {
  const suite = typeof written.suite === 'number' ? suiteOf(written.suite) : written.suite;
  const publicKey =
    written.public_key === undefined
      ? fromHex(written.publicKey ?? '')
      : new Uint8Array(Buffer.from(written.public_key, 'base64url'));
  if (suite === undefined || publicKey === undefined || !Number.isInteger(written.number)) {
    throw new CliError('cli/issuers_missing', 'The issuer keys are not in a form that I can read.');
  }
  return { number: written.number, suite, publicKey };
};

/** Reads `{"keys": […]}` as the bank publishes it, or the list alone. */
export const parseIssuers = (text: string): IssuerKeys => {
  const written = JSON.parse(text) as WrittenKey[] | { readonly keys: WrittenKey[] };
  const keys = (Array.isArray(written) ? written : written.keys).map(readKey);
  return new Map(keys.map((key) => [key.number, key]));
};

const readIssuerFile = async (path: string): Promise<IssuerKeys> => {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CliError('cli/issuers_missing', `Cannot read the issuer keys in ${path}.`);
  });
  return parseIssuers(text);
};

/** Where the bank's public keys come from: all the trust that verifying needs. */
export interface IssuerSource {
  readonly issuersFile?: string | undefined;
  readonly bankUrl: string;
  readonly packetPath: string;
}

/**
 * The bank's public keys: from the file named, else `issuers.json` beside the packet, else from
 * the bank. Throws `cli/issuers_missing`.
 */
export const findIssuers = async (source: IssuerSource): Promise<IssuerKeys> => {
  if (source.issuersFile !== undefined) return readIssuerFile(source.issuersFile);
  const beside = join(dirname(source.packetPath), 'issuers.json');
  const found = await readFile(beside, 'utf8').catch(() => undefined);
  if (found !== undefined) return parseIssuers(found);
  const answer = await createClient({ baseUrl: source.bankUrl }).getIssuerKeys();
  if (answer.ok) return parseIssuers(JSON.stringify(answer.value));
  throw new CliError(
    'cli/issuers_missing',
    "I need the bank's public keys: put issuers.json beside the file, name it with --issuers, " +
      `or start the bank (none answers at ${source.bankUrl}).`,
  );
};
