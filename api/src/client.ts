import { Value } from '@sinclair/typebox/value';
import type { Client, ClientOptions } from './calls.ts';
import { ProblemBody } from './problems.ts';
import type { Route } from './route.ts';
import { ROUTE_NAMES, ROUTES } from './routes.ts';
import { shapeOf } from './shape-of-call.ts';
import { call } from './transport.ts';
import type { AnyInput, Transport } from './transport.ts';

/**
 * A client of every route in the table. Answers are checked against their schema; answers of a
 * newer bank may have more fields. Packets come as base64url text (`fromBase64url`).
 *
 * A failure to reach the bank is a value too: `client/unreachable`. The request may still have
 * been carried out, so repeat what is safe to repeat: reads, batches of documents, enrolments and
 * allowance requests, and transfers with an idempotency key.
 */
export function createClient(options: ClientOptions): Client {
  const callable = ROUTE_NAMES.filter((name) => ROUTES[name].answer.type !== 'socket');
  const calls = callable.map((name) => {
    const { answer }: Route = ROUTES[name];
    const transport: Transport = {
      ...options,
      isAnswer: (value) => 'schema' in answer && Value.Check(answer.schema, value),
      isProblem: (body) => Value.Check(ProblemBody, body),
    };
    const shape = shapeOf(ROUTES[name]);
    return [name, (input: AnyInput = {}) => call(transport, shape, input)];
  });
  // The table's rows and the mapped type are one list.
  return Object.freeze(Object.fromEntries(calls)) as Client;
}
