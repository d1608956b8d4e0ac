import pg from 'pg';
import { limits } from '../limits.ts';

/** The application's role and database have one name. */
export const applicationName = 'sikka';

/** "sikka" as a number: the lock that a bank holds on its server while it uses it. */
const lockKey = 0x73_69_6b_6b_61n;

/** A superuser connection to one server. */
export interface Control {
  readonly client: pg.Client;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly lost: Promise<void>;
}

export interface ServerFacts {
  /** `18.4` */
  readonly version: string;
  readonly listens: string;
}

/** Rejects with the driver's error. */
export async function connectAdmin(options: {
  readonly user: string;
  readonly password: string;
  readonly port: number;
}): Promise<Control> {
  const client = new pg.Client({
    host: '127.0.0.1',
    database: 'postgres',
    application_name: 'sikka control',
    connectionTimeoutMillis: limits.connectTimeoutMs,
    ...options,
  });
  const lost = new Promise<void>((resolve) => client.once('end', () => resolve()));
  // Unheard, this event would end the process; `lost` tells the same.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await disconnect({ client, lost });
    throw error;
  }
  return { client, lost };
}

export async function disconnect(control: Control): Promise<void> {
  await control.client.end().catch(() => undefined);
}

/** Held until the connection ends, by whatever death; a row or a file would outlive a kill. */
export async function tryLock(control: Control): Promise<boolean> {
  const { rows } = await control.client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1) as locked',
    [lockKey.toString()],
  );
  return rows[0]?.locked === true;
}

export async function readServerFacts(control: Control): Promise<ServerFacts> {
  const { rows } = await control.client.query<{ version: string; listens: string }>(`
    select
      split_part(current_setting('server_version'), ' ', 1) as version,
      current_setting('listen_addresses') as listens`);
  return { version: rows[0]?.version ?? '', listens: rows[0]?.listens ?? '' };
}

/**
 * The application's role (no superuser; it may create roles, for migrations/0001_roles.sql) and
 * its database. Called under the lock, so nobody else is doing the same.
 */
export async function ensureApplication(control: Control, password: string): Promise<void> {
  const { client } = control;
  const name = pg.escapeIdentifier(applicationName);
  const { rows } = await client.query<{ role: boolean; database: boolean }>(
    `select
      exists (select from pg_roles where rolname = $1) as role,
      exists (select from pg_database where datname = $1) as database`,
    [applicationName],
  );
  if (rows[0]?.role !== true) {
    // Utility statements take no parameters.
    const secret = pg.escapeLiteral(password);
    await client.query(`create role ${name} login createrole password ${secret}`);
  }
  if (rows[0]?.database !== true) {
    await client.query(`create database ${name} owner ${name}`);
  }
}
