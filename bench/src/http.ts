import { Agent, request } from 'node:http';

export interface Call {
  readonly path: string;
  readonly token?: string;
  /** Absent for GET. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly bytes: Buffer;
}

/** A client whose connections are kept open. */
export interface HttpClient {
  send(call: Call): Promise<Reply>;
}

/**
 * Runs `act` with a client of its own: connections of an earlier sample may have been closed by the
 * server meanwhile, which a client hears of too late while it signs.
 */
export async function withHttpClient<T>(
  at: { readonly url: string; readonly connections: number },
  act: (client: HttpClient) => Promise<T>,
): Promise<T> {
  const agent = new Agent({ keepAlive: true, maxSockets: at.connections });
  try {
    return await act(createHttpClient(at.url, agent));
  } finally {
    agent.destroy();
  }
}

/** Node's own client: no retries, no parsing, so that it takes little from the server's cores. */
function createHttpClient(baseUrl: string, agent: Agent): HttpClient {
  return {
    send: ({ path, token, body, headers = {} }) =>
      new Promise((resolve, reject) => {
        const asked = request(new URL(path, baseUrl), {
          agent,
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            ...headers,
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined
              ? {}
              : { 'content-type': body.type, 'content-length': body.bytes.length }),
          },
        });
        asked.once('error', reject);
        asked.once('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => void chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) });
          });
        });
        asked.end(body?.bytes);
      }),
  };
}

/** The JSON of an answer; throws with the answer's text where the status is another. */
export function jsonOf<T>({ status, bytes }: Reply, ...expected: readonly number[]): T {
  if (!expected.includes(status)) {
    throw new Error(`Answered ${status}: ${bytes.toString('utf8').slice(0, 500)}`);
  }
  return JSON.parse(bytes.toString('utf8')) as T;
}
