import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import type { RouteName } from './routes.ts';
import type { ThinRow, ThinRows } from './thin.ts';
import type { CallShape } from './transport.ts';

/** What sending and reading must know of a row. */
export function shapeOf(route: Route): CallShape {
  const { method, path, body, answer } = route;
  return {
    method,
    path,
    ...(route.auth === 'public' ? { open: true } : {}),
    ...(body === undefined ? {} : { sends: body.type }),
    ...(answer.type === 'packet' || answer.type === 'json' ? {} : { answers: answer.type }),
    ...acceptOf(route),
  };
}

function acceptOf({ answer }: Route): { readonly accept?: string } {
  if (answer.type === 'file') return { accept: answer.mediaTypes.join(', ') };
  const other = answer.type === 'page' || answer.type === 'stream';
  return other ? { accept: answer.mediaType } : {};
}

/**
 * What `createThinClient` needs of these routes: a few words each, instead of the table and its
 * schemas. For an app's build, which writes them into what it serves.
 */
export function thinRows<N extends RouteName>(names: readonly N[]): ThinRows<N> {
  const rows = names.map((name): readonly [N, ThinRow] => {
    const { answer }: Route = ROUTES[name];
    const needs = 'schema' in answer ? membersOf(answer.schema) : undefined;
    return [name, { ...shapeOf(ROUTES[name]), ...(needs === undefined ? {} : { needs }) }];
  });
  return Object.fromEntries(rows) as ThinRows<N>;
}

/** The members that an answer must have; undefined where it is no object of a fixed shape. */
function membersOf(schema: object): readonly string[] | undefined {
  const { required } = schema as { readonly required?: readonly string[] };
  return required;
}
