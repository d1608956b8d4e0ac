import { startEmbeddedPostgres } from '../../../src/db/index.ts';

/**
 * A process that a test can kill: starts a server on the folder in its first argument, says so in
 * one line of JSON, and stops it on SIGTERM, as the bank does.
 */
const [dataDir = '', place] = process.argv.slice(2);
try {
  const server = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    ...(place === undefined ? {} : { places: [place] }),
  });
  const { url, adminUrl, adopted } = server;
  process.once('SIGTERM', () => void server.stop());
  process.stdout.write(`${JSON.stringify({ url, adminUrl, adopted, pid: server.pid() })}\n`);
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  process.stdout.write(`${JSON.stringify({ failed: code })}\n`);
}
