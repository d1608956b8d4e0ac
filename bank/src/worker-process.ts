import { openLogs } from './bank.ts';
import type { BankConfig } from './config.ts';
import { createPool, migrate, serverRole } from './db/index.ts';
import { StartError } from './errors.ts';
import * as flows from './flows/index.ts';
import * as http from './http/index.ts';
import { loadTokenKey } from './identity/index.ts';
import { closersOf, createParts } from './parts.ts';
import { startWorker } from './worker.ts';

export interface WorkerProcess {
  /** Undefined where WORKER_METRICS_PORT is not set. */
  readonly metricsUrl: string | undefined;
  /** Begins nothing new, waits for what is running, ends everything that was started. */
  stop(): Promise<void>;
}

/**
 * A worker without a bank around it, on the bank's database; as many as wanted at once. Throws
 * `start/database_missing` without DATABASE_URL: the embedded database belongs to the bank that
 * runs it. Else as `startBank`.
 */
export async function startWorkerProcess(
  config: BankConfig,
  { report }: { readonly report: (step: string, outcome: string) => void },
): Promise<WorkerProcess> {
  const ending: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    return { metricsUrl: await start(config, ending, report), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  config: BankConfig,
  ending: (() => Promise<void>)[],
  report: (step: string, outcome: string) => void,
): Promise<string | undefined> {
  const { databaseUrl, databasePoolSize: max } = config;
  if (databaseUrl === undefined) {
    throw new StartError(
      'start/database_missing',
      'DATABASE_URL is not set: the embedded database belongs to the bank, whose worker is in it.',
    );
  }
  const clock = () => new Date();
  const logs = openLogs(config, { writeLog: undefined, ending });
  const log = logs.application;
  report('database', new URL(databaseUrl).host);
  await migrate(databaseUrl, { log: log.info });
  const pool = createPool(databaseUrl, { max, role: serverRole, log: log.warn });
  ending.push(() => pool.close());
  const tokenKey = await loadTokenKey({ ...config, configured: config.secretKey });
  const readPipeline = () => flows.readPipeline(pool, clock());
  const metrics = http.createMetrics({ readPipeline, log });
  const parts = await createParts(config, { pool, clock, logs, tokenKey, metrics });
  ending.push(...closersOf(parts));
  const { workerMetricsPort: port } = config;
  const served =
    port === undefined ? undefined : await http.serveMetrics({ ...config, port, metrics });
  if (served !== undefined) ending.push(() => served.close());
  const worker = startWorker({ ...parts, clock, log });
  ending.push(() => worker.stop());
  return served?.url;
}
