/** A value of a JSON text with its place: `text.slice(start, end)` is how it was written. */
export type JsonNode =
  JsonObjectNode | JsonArrayNode | JsonStringNode | JsonNumberNode | JsonLiteralNode;

interface Place {
  readonly start: number;
  readonly end: number;
}

export interface JsonMember {
  readonly key: string;
  readonly value: JsonNode;
}

export interface JsonObjectNode extends Place {
  readonly type: 'object';
  /** As written; no key stands twice. */
  readonly members: readonly JsonMember[];
}

export interface JsonArrayNode extends Place {
  readonly type: 'array';
  readonly items: readonly JsonNode[];
}

export interface JsonStringNode extends Place {
  readonly type: 'string';
  readonly value: string;
}

/** A number is its source text: what was signed is never rounded or written anew. */
export interface JsonNumberNode extends Place {
  readonly type: 'number';
  readonly text: string;
}

export interface JsonLiteralNode extends Place {
  readonly type: 'literal';
  readonly value: true | false | null;
}

/** The member of that name; undefined where it is missing or the node is no object. */
export function member(node: JsonNode, key: string): JsonNode | undefined {
  if (node.type !== 'object') return undefined;
  return node.members.find((each) => each.key === key)?.value;
}

/** What a string says, or a number's source text; undefined for anything else. */
export function scalarText(node: JsonNode | undefined): string | undefined {
  if (node?.type === 'string') return node.value;
  return node?.type === 'number' ? node.text : undefined;
}

/** The value as `JSON.parse` gives it; numbers lose their text here. */
export function plainOf(node: JsonNode): unknown {
  switch (node.type) {
    case 'object':
      return Object.fromEntries(node.members.map(({ key, value }) => [key, plainOf(value)]));
    case 'array':
      return node.items.map(plainOf);
    case 'number':
      return Number(node.text);
    case 'string':
    case 'literal':
      return node.value;
  }
}
