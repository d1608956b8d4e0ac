import { PROTOCOL_CODES } from '../errors.ts';
import type { ProtocolCode } from '../errors.ts';

/** Codes of other pages of the specification, which no judge answers with. */
type OtherCode = Extract<ProtocolCode, `${string}/${string}`>;

/** Every way the judge refuses, from rule 1 to rule 10. */
export type JudgeCode = Exclude<ProtocolCode, OtherCode>;

/** The codes of spec/judge.md §2 in their order: of two that apply, the first is given. */
export const JUDGE_CODES = PROTOCOL_CODES.filter((code): code is JudgeCode => !code.includes('/'));

export interface Acceptable {
  readonly ok: true;
  readonly code: 'acceptable';
  readonly paymentId: Uint8Array;
}

export interface Refused {
  readonly ok: false;
  readonly code: JudgeCode;
  readonly detail: string;
  /** Absent where the bytes hold no proved payment (rules 1 to 3). */
  readonly paymentId?: Uint8Array;
  /** `double_spend` and `contradiction`: id of the other document of the proof. */
  readonly against?: Uint8Array;
  /** `duplicate`: the answer given first. */
  readonly firstAnswer?: unknown;
}

export type Verdict = Acceptable | Refused;
