import { StartError } from '../errors.ts';

/** Why nobody can be answered there, and what to do. */
export function listenFailure(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): StartError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message =
      `Port ${port} is taken by another program. Choose another with PORT, ` +
      `for example: PORT=${port + 100} npm start`;
    return new StartError('start/port_taken', message, { cause: error });
  }
  const message = `Cannot listen on ${host}:${port} (${String(code)}). Check HOST and PORT.`;
  return new StartError('start/address_unusable', message, { cause: error });
}
