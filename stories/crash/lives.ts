import { startStatementProxy } from '@sikka/bank/testing';
import type { EndWhen } from '@sikka/bank/testing';
import { createNaming, isSame } from './naming.ts';
import type { Named } from './naming.ts';
import { start } from './running.ts';

/** Where a process is to die. */
export interface Point extends Named {
  readonly when: EndWhen;
}

/** A process of the bank from its start to its end, all its statements heard. */
export interface Life {
  /** Of a bank. */
  readonly url: string | undefined;
  /** From now on statements are named and kept; at the point the process is killed. */
  watch(point?: Point): void;
  /** Those since then. */
  said(): readonly Named[];
  /** What each of its connections says first. */
  opening(): ReadonlySet<string>;
  /** Whether it came by the point. */
  isKilled(): boolean;
  readonly ended: Promise<NodeJS.Signals | number | null>;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
}

/** What a program is started with. */
export interface Settings {
  readonly program: string;
  readonly databaseUrl: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a program and waits until it is ready. */
export async function live({ program, databaseUrl, env }: Settings): Promise<Life> {
  let naming = createNaming();
  let said: Named[] = [];
  let target: Point | undefined;
  const opening = new Map<number, string>();
  const proxy = await startStatementProxy(databaseUrl, {
    hear: (statement) => {
      const named = naming(statement);
      said.push(named);
      if (!opening.has(statement.connection)) opening.set(statement.connection, named.what);
      return target !== undefined && isSame(named, target) ? target.when : undefined;
    },
    end: () => running.kill(),
  });
  const running = start(program, { env: { ...env, DATABASE_URL: proxy.url } });
  const ended = running.ended.finally(() => proxy.close());
  const url = await running.ready;
  return {
    url,
    watch: (point) => {
      naming = createNaming();
      [said, target] = [[], point];
    },
    said: () => said,
    opening: () => new Set(opening.values()),
    isKilled: () => proxy.isEnded(),
    ended,
    stop: async () => {
      running.stop();
      await ended;
    },
  };
}
