import { PROBLEM_CODES } from '@sikka/api';
import type { ApiResult, ProblemCode } from '@sikka/api';

/** A refusal as a client gets it. */
export function problem(code: ProblemCode): Extract<ApiResult<never>, { readonly ok: false }> {
  const { status, title, transient, advice } = PROBLEM_CODES[code];
  const type = `/problems/${code}`;
  return { ok: false, problem: { type, title, status, detail: title, code, transient, advice } };
}

export function answered<T>(value: T, status = 200): ApiResult<T> {
  return { ok: true, status, value };
}
