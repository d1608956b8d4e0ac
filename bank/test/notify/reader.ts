/** Reads a stream of server-sent events, as a browser would (WHATWG HTML §9.2). */
export interface Message {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface StreamReader {
  readonly messages: Message[];
  /** Comments and `retry` fields. */
  readonly rest: string[];
  /** Resolves when the stream has ended. */
  readonly done: Promise<void>;
  readonly lastId: () => string;
}

export function readStream(stream: AsyncIterable<string>): StreamReader {
  const messages: Message[] = [];
  const rest: string[] = [];
  let text = '';
  const done = (async () => {
    for await (const chunk of stream) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) readBlock(block, { messages, rest });
    }
  })();
  return { messages, rest, done, lastId: () => messages.at(-1)?.id ?? '' };
}

function readBlock(
  block: string,
  into: { readonly messages: Message[]; readonly rest: string[] },
): void {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
    if (name === '' || name === 'retry') into.rest.push(line);
    else fields.set(name, value);
  }
  const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
  if (id === undefined || event === undefined || data === undefined) return;
  into.messages.push({ id, event, data: JSON.parse(data) as Message['data'] });
}
