import { totalmem } from 'node:os';

const megabyte = 1024 * 1024;

/**
 * The server's settings, given on its command line. A commit is on disk before it is answered
 * (fsync, synchronous_commit): that is what a settled payment means.
 */
export function serverSettings(port: number): Readonly<Record<string, string>> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // Socket paths are limited to about 100 bytes, and the folder would be one more place to guard.
    unix_socket_directories: '',
    max_connections: '40',
    shared_buffers: `${sharedBuffersMegabytes(memoryBytes())}MB`,
    max_wal_size: '2GB',
    fsync: 'on',
    synchronous_commit: 'on',
    huge_pages: 'off',
    // The package has no LLVM, and short statements gain nothing from it.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    cluster_name: 'sikka',
    log_line_prefix: '%m [%p] ',
    // Errors of statements quote their values, which are personal data: the bank hears of them
    // itself, and this log holds the server's own doings (LOG, FATAL, PANIC) only.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
}

/** An eighth of the memory, between 128 MB and 2 GB. */
export function sharedBuffersMegabytes(memory: number): number {
  return Math.round(Math.min(Math.max(memory / 8 / megabyte, 128), 2048));
}

/** What a container is allowed, where that is less than what the machine has. */
function memoryBytes(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}
