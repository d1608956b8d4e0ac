import { hex } from '../../src/index.ts';
import type { BundleCode, IssuerKeys, LedgerCode, ProtocolCode } from '../../src/index.ts';
import type { Json, JsonObject, VectorCase } from '../../src/vectors/index.ts';

export { cborJson, json } from '../../src/vectors/index.ts';
export type { Json, JsonObject, VectorCase } from '../../src/vectors/index.ts';

export type VectorRow = Omit<VectorCase, 'family'>;

/** The cases of one family, which all speak of one page of the specification. */
export function family(name: string, rows: readonly VectorRow[]): readonly VectorCase[] {
  return rows.map((row) => ({ family: name, ...row }));
}

export function refused(code: ProtocolCode | LedgerCode | BundleCode): JsonObject {
  return { ok: false, code };
}

export function issuersJson(issuers: IssuerKeys): Json {
  return [...issuers.values()].map(({ number, suite, publicKey }) => ({
    number,
    suite,
    publicKey: hex(publicKey),
  }));
}
