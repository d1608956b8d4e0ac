import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { loadCheckpoints } from '../src/audit/checkpoints.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function load(answer: Answer): Promise<readonly Uint8Array[]> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await loadCheckpoints(`http://127.0.0.1:${port}/api/v1/log/checkpoints`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const page = (packet: string, next?: number) =>
  JSON.stringify({ checkpoints: [{ packet }], ...(next === undefined ? {} : { next }) });

describe('checkpoints from an address', () => {
  it('are waited for where the bank counts requests by the minute', async () => {
    let asked = 0;
    const found = await load(({ url }, response) => {
      asked += 1;
      const isSecond = url?.endsWith('?from=2') === true;
      // Every other request is one too many.
      if (asked % 2 === 0) response.end(isSecond ? page('Ag') : page('AQ', 2));
      else response.writeHead(429, { 'retry-after': '0' }).end('{}');
    });
    expect(found).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(asked).toBe(4);
  });

  it.each([
    [
      'answers 429',
      (response: ServerResponse) => response.writeHead(429, { 'retry-after': '0' }).end(),
    ],
    ['answers 404', (response: ServerResponse) => response.writeHead(404).end()],
    ['does not come to an end', (response: ServerResponse) => response.end(page('AQ', 2))],
    ['answers without end', (response: ServerResponse) => response.end(' '.repeat(2_000_000))],
  ])('are refused of a bank that %s', async (said, answer) => {
    await expect(load((_, response) => void answer(response))).rejects.toMatchObject({
      code: 'cli/bank_refused',
      message: expect.stringContaining(said) as unknown,
    });
  });
});
