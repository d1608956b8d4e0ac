/**
 * The client for pages that count every kilobyte: `createClient` without the table and its
 * schemas. An app's build writes the rows it needs (`thinRows`).
 */
import type { Client, ClientOptions } from './calls.ts';
import type { ProblemBody } from './problems.ts';
import type { RouteName } from './routes.ts';
import { call } from './transport.ts';
import type { AnyInput, CallShape, Transport } from './transport.ts';

/** A row without its schemas: what is sent where, and what an answer must at least have. */
export interface ThinRow extends CallShape {
  /** Members without which it is not the bank that answered. */
  readonly needs?: readonly string[];
}

export type ThinRows<N extends RouteName = RouteName> = { readonly [K in N]: ThinRow };

export type { ApiResult, CallInput, Client, ClientOptions, Problem } from './calls.ts';

/**
 * The calls of `rows`, as `createClient` gives them: same types, same limits, none throws. Of an
 * answer only its required members are looked for, so it is for a bank that is reached by TLS or
 * on the same origin; what is signed is verified by whoever uses it in any case.
 */
export function createThinClient<N extends RouteName & keyof Client>(
  rows: ThinRows<N>,
  options: ClientOptions,
): Pick<Client, N> {
  const calls = Object.entries<ThinRow>(rows).map(([name, row]) => {
    const transport: Transport = {
      ...options,
      isAnswer: (value) => hasMembers(value, row.needs ?? []),
      isProblem,
    };
    return [name, (input: AnyInput = {}) => call(transport, row, input)];
  });
  // The rows and the mapped type are one list.
  return Object.freeze(Object.fromEntries(calls)) as Pick<Client, N>;
}

function hasMembers(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}

/** As the schema `ProblemBody` has it; a test holds the two against each other. */
export function isProblem(body: unknown): body is ProblemBody {
  if (!hasMembers(body, ['detail'])) return false;
  const { detail, status, transient, error, errors } = body;
  const { hand_in_token: token, request_id: id } = body;
  return (
    ['type', 'title', 'code', 'advice'].every((name) => typeof body[name] === 'string') &&
    Number.isInteger(status) &&
    typeof transient === 'boolean' &&
    (typeof detail === 'string' || isBlocked(detail)) &&
    [token, id, error].every((text) => text === undefined || typeof text === 'string') &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isFieldError)))
  );
}

function isBlocked(detail: unknown): boolean {
  return (
    hasMembers(detail, ['fraud_review_pending']) &&
    detail['code'] === 'ACCOUNT_BLOCKED' &&
    typeof detail['message'] === 'string' &&
    typeof detail['reason'] === 'string' &&
    typeof detail['fraud_review_pending'] === 'boolean'
  );
}

function isFieldError(error: unknown): boolean {
  return (
    hasMembers(error, []) &&
    typeof error['pointer'] === 'string' &&
    typeof error['detail'] === 'string'
  );
}
