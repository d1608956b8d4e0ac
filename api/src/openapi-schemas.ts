import type { TSchema } from '@sinclair/typebox';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What has a name in the description, by that name. */
export type Components = Map<string, Json>;

/** A schema with a title becomes a component, once; everything else stays where it is. */
export function reference(schema: TSchema, components: Components): Json {
  const inlined = inline(schema, components);
  const { title } = schema;
  if (title === undefined) return inlined;
  const known = components.get(title);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(inlined)) {
    throw new Error(`Two different schemas are called ${title}.`);
  }
  components.set(title, inlined);
  return { $ref: `#/components/schemas/${title}` };
}

function inline(value: unknown, components: Components): Json {
  if (Array.isArray(value)) return value.map((item) => nested(item, components));
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, nested(item, components)]),
  );
}

function nested(value: unknown, components: Components): Json {
  const titled = typeof value === 'object' && value !== null && 'title' in value;
  const isSchema = titled && typeof value.title === 'string';
  return isSchema ? reference(value as TSchema, components) : inline(value, components);
}
