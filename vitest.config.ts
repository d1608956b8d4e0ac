import { defineConfig } from 'vitest/config';

/** Starts one embedded PostgreSQL in a temporary folder and provides its `adminUrl`. */
const postgres = './bank/test/support/global-setup.ts';
/** Builds the wallet app into a temporary folder and provides its `walletAppDir`. */
const walletApp = './stories/browser/app/support/global-setup.ts';

interface Suite {
  readonly name: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly database?: boolean;
  readonly setups?: readonly string[];
  /** Milliseconds that a test or a hook of it may take, where that is not as usual. */
  readonly limit?: number;
}

/** One project: a name to run alone (`npm test -- --project bank`) and its test files. */
function suite({ name, include, exclude = [], database = false, setups = [], limit }: Suite) {
  return {
    extends: true as const,
    test: {
      name,
      include: [...(include ?? [`${name}/test/**/*.test.ts`])],
      exclude: ['**/node_modules/**', ...exclude],
      globalSetup: [...(database ? [postgres] : []), ...setups],
      ...(limit === undefined ? {} : { testTimeout: limit, hookTimeout: limit }),
    },
  };
}

export default defineConfig({
  test: {
    environment: 'node',
    // Forks, not threads: tests spawn servers, take signals and read process.env.
    pool: 'forks',
    // One load of the modules a worker instead of one a file: they keep no state of their own, and
    // what a test starts it stops. It is a fifth of the run.
    isolate: false,
    // Two, because real PostgreSQL, a browser and the bank share the machine with them.
    maxWorkers: 2,
    // A first start of PostgreSQL or Chromium on a cold, busy machine takes tens of seconds.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    // What comes by itself comes late on such a machine: a second is no sign that it does not.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      suite({ name: 'protocol' }),
      suite({ name: 'api' }),
      suite({ name: 'wallet' }),
      suite({ name: 'bank', database: true }),
      suite({ name: 'auditor', database: true }),
      suite({ name: 'cli', database: true }),
      suite({ name: 'tools' }),
      suite({ name: 'bench' }),
      suite({ name: 'sim', database: true }),
      suite({
        name: 'stories',
        include: ['stories/**/*.test.ts'],
        exclude: ['stories/browser/**'],
        database: true,
      }),
      suite({ name: 'wallet-app', include: ['apps/wallet/test/**/*.test.ts'] }),
      suite({
        name: 'browser',
        include: ['stories/browser/**/*.test.ts'],
        database: true,
        setups: [walletApp],
        // More than one thing of a test may take as long as a phone waits (support/phone.ts).
        limit: 180_000,
      }),
    ],
  },
});
