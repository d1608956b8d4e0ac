import { describe, expect, test } from 'vitest';
import { inspect } from '../tidy/inspect.ts';
import { writeTree } from './tree.ts';

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** `path:line rule`, in order. None: the tree is tidy. */
  readonly found: readonly string[];
}

const lines = (count: number): string => 'export {};\n'.repeat(count);
const longFunction = (count: number): string =>
  `export function f() {\n${'  g();\n'.repeat(count)}}\n`;
const note = (text: string): string => `// TO${'DO'}${text}\n`;
const importing = (specifier: string): string => `import { a } from '${specifier}';\nuse(a);\n`;

const arrows: readonly Case[] = [
  {
    name: 'protocol imports nothing of ours',
    files: { 'protocol/src/judge.ts': importing('@sikka/api') },
    found: ['protocol/src/judge.ts:1 arrows'],
  },
  {
    name: 'the auditor shares no code with the bank',
    files: { 'auditor/src/index.ts': importing('@sikka/bank') },
    found: ['auditor/src/index.ts:1 arrows'],
  },
  {
    name: 'a type is an arrow too',
    files: { 'cli/src/main.ts': "export type A = import('@sikka/bank').Bank;\n" },
    found: ['cli/src/main.ts:1 arrows'],
  },
  {
    name: 'so is a re-export, and an import at run time',
    files: {
      'wallet/src/a.ts': "export * from '@sikka/bank';\n",
      'wallet/src/b.ts': "export const b = import('@sikka/cli');\n",
    },
    found: ['wallet/src/a.ts:1 arrows', 'wallet/src/b.ts:1 arrows'],
  },
  {
    name: 'nobody imports stories, not even bench',
    files: { 'bench/src/main.ts': importing('@sikka/stories') },
    found: ['bench/src/main.ts:1 arrows'],
  },
  {
    name: 'a path into another package is not a way round',
    files: { 'cli/src/main.ts': importing('../../bank/src/index.ts') },
    found: ['cli/src/main.ts:1 arrows'],
  },
  {
    name: 'a new package says where it stands',
    files: { 'ussd/src/index.ts': importing('@sikka/protocol') },
    found: ['ussd/src/index.ts:1 arrows'],
  },
  {
    name: 'protocol has no I/O of its own, except behind its Node door',
    files: {
      'protocol/src/bytes.ts': importing('node:buffer'),
      'protocol/src/node.ts': importing('node:crypto'),
      'protocol/test/bytes.test.ts': importing('node:fs'),
    },
    found: ['protocol/src/bytes.ts:1 arrows'],
  },
  {
    name: 'only the doors of a wallet adapter reach Node',
    files: {
      'wallet/src/journal.ts': importing('node:fs'),
      'wallet/src/adapters/node.ts': importing('node:fs'),
    },
    found: ['wallet/src/journal.ts:1 arrows'],
  },
  {
    name: 'the arrows of the house are free, and a test may open a real database',
    files: {
      'api/src/a.ts': importing('@sikka/protocol'),
      'wallet/src/a.ts': importing('@sikka/api'),
      'cli/src/a.ts': importing('@sikka/wallet/payer'),
      'auditor/test/a.test.ts': importing('@sikka/bank/testing'),
      'stories/a.test.ts': importing('@sikka/bank'),
      'tools/vectors.ts': importing('../protocol/vectors/generate.ts'),
    },
    found: [],
  },
];

const ranks: readonly Case[] = [
  {
    name: 'a lower rank does not import a higher one',
    files: { 'bank/src/ledger/post.ts': importing('../settlement/index.ts') },
    found: ['bank/src/ledger/post.ts:1 ranks'],
  },
  {
    name: 'the same rank does not import the same rank',
    files: { 'bank/src/wallets/rules.ts': importing('../risk/index.ts') },
    found: ['bank/src/wallets/rules.ts:1 ranks'],
  },
  {
    name: 'a domain has one door',
    files: { 'bank/src/settlement/post.ts': importing('../ledger/store.ts') },
    found: ['bank/src/settlement/post.ts:1 ranks'],
  },
  {
    name: 'the wiring uses the door as well',
    files: { 'bank/src/bank.ts': importing('./ledger/store.ts') },
    found: ['bank/src/bank.ts:1 ranks'],
  },
  {
    name: 'a domain takes its settings as an argument',
    files: { 'bank/src/keys/vault.ts': importing('../config.ts') },
    found: ['bank/src/keys/vault.ts:1 ranks'],
  },
  {
    name: 'who is asking is a type',
    files: {
      'bank/src/caller.ts': importing('fastify'),
      'bank/src/limits.ts': importing('./db/index.ts'),
    },
    found: ['bank/src/caller.ts:1 ranks', 'bank/src/limits.ts:1 ranks'],
  },
  {
    name: 'a new domain says where it stands',
    files: { 'bank/src/loyalty/index.ts': lines(1) },
    found: ['bank/src/loyalty/index.ts:1 ranks'],
  },
  {
    name: 'down through the door is free, and so are tests and files for every rank',
    files: {
      'bank/src/bank.ts': importing('./http/index.ts'),
      'bank/src/http/server.ts': importing('../demo/index.ts'),
      'bank/src/demo/seed.ts': importing('../flows/index.ts'),
      'bank/src/settlement/prove/chain.ts': importing('../../ledger/index.ts'),
      'bank/src/wallets/routes.ts': importing('../caller.ts'),
      'bank/test/ledger.test.ts': importing('../src/ledger/store.ts'),
    },
    found: [],
  },
];

const appFolders: readonly Case[] = [
  {
    name: 'a component knows no screen, and nothing knows the wiring',
    files: {
      'apps/wallet/src/design/row.tsx': importing('../screens/home/home-screen.tsx'),
      'apps/wallet/src/platform/share.ts': importing('../wallet/money.ts'),
      'apps/wallet/src/vault/vault.ts': importing('../app-context.ts'),
      'apps/wallet/src/screens/home.tsx': importing('../open-app.ts'),
    },
    found: [
      'apps/wallet/src/design/row.tsx:1 ranks',
      'apps/wallet/src/platform/share.ts:1 ranks',
      'apps/wallet/src/screens/home.tsx:1 ranks',
      'apps/wallet/src/vault/vault.ts:1 ranks',
    ],
  },
  {
    name: 'a new folder says where it stands',
    files: { 'apps/wallet/src/games/chess.ts': importing('../design/row.tsx') },
    found: ['apps/wallet/src/games/chess.ts:1 ranks'],
  },
  {
    name: 'down is free, and what screens are given is theirs',
    files: {
      'apps/wallet/src/main.tsx': importing('./screens/home.tsx'),
      'apps/wallet/src/screens/pay/scan.tsx': importing('../../app-context.ts'),
      'apps/wallet/src/screens/home.tsx': importing('../design/row.tsx'),
      'apps/wallet/src/wallet/money.ts': importing('../vault/drawer.ts'),
      'apps/wallet/src/language/keys.ts': importing('../../../../i18n/app/en/pay.json'),
    },
    found: [],
  },
];

const size: readonly Case[] = [
  {
    name: 'a file of 321 lines',
    files: { 'api/src/a.ts': lines(320), 'api/src/b.ts': lines(321) },
    found: ['api/src/b.ts:321 sizes'],
  },
  {
    name: 'a test of 401 lines',
    files: { 'api/test/a.test.ts': lines(400), 'api/test/b.test.ts': lines(401) },
    found: ['api/test/b.test.ts:401 sizes'],
  },
  {
    name: 'a function of 61 lines',
    files: { 'api/src/a.ts': longFunction(58), 'api/src/b.ts': longFunction(59) },
    found: ['api/src/b.ts:1 sizes'],
  },
  {
    name: 'a line of 101 columns, counted in characters, in SQL too',
    files: {
      'api/src/a.ts': `// ${'آ'.repeat(97)}\n// ${'x'.repeat(98)}\n`,
      'bank/src/db/migrations/0001_a.sql': `-- ${'x'.repeat(98)}\n`,
    },
    found: ['api/src/a.ts:2 sizes', 'bank/src/db/migrations/0001_a.sql:1 sizes'],
  },
  {
    name: 'what is generated has no reader',
    files: { 'api/src/openapi.gen.ts': lines(900), 'node_modules/a/a.ts': lines(900) },
    found: [],
  },
];

const bans: readonly Case[] = [
  {
    name: 'randomness that nobody can replay',
    files: { 'bank/test/a.test.ts': 'export const a = Math.random();\n' },
    found: ['bank/test/a.test.ts:1 randomness'],
  },
  {
    name: 'a clock in a decision',
    files: {
      'protocol/src/judge.ts': 'export const a = Date.now();\nexport const b = new Date();\n',
      'bank/src/risk/rules.ts': 'export const a = () => new Date();\n',
      'bank/src/risk/decide/age.ts': 'export const a = () => Date.now();\n',
      'bank/src/risk/store.ts': 'export const a = () => new Date();\n',
      'api/src/instant.ts': 'export const a = new Date(0);\n',
    },
    found: [
      'bank/src/risk/decide/age.ts:1 clock',
      'bank/src/risk/rules.ts:1 clock',
      'protocol/src/judge.ts:1 clock',
      'protocol/src/judge.ts:2 clock',
    ],
  },
  {
    name: 'the environment read away from config',
    files: {
      'bank/src/bank.ts': 'export const a = process.env;\n',
      'bank/src/config.ts': 'export const a = process.env;\n',
      'cli/src/main.ts': 'export const a = process.env;\n',
      'bank/test/a.test.ts': 'export const a = process.env;\n',
    },
    found: ['bank/src/bank.ts:1 environment'],
  },
  {
    name: 'printing away from a command',
    files: {
      'bank/src/bank.ts': "console.error('a');\n",
      'bank/src/main.ts': "console.error('a');\n",
      'bench/src/report.ts': "console.log('a');\n",
    },
    found: ['bank/src/bank.ts:1 console'],
  },
  {
    name: 'default exports of every kind',
    files: {
      'api/src/a.ts': 'export default 1;\n',
      'api/src/b.ts': 'export default function b() {}\n',
      'api/src/c.ts': 'const c = 1;\nexport { c as default };\n',
      'api/vite.config.ts': 'export default {};\n',
    },
    found: [
      'api/src/a.ts:1 default-export',
      'api/src/b.ts:1 default-export',
      'api/src/c.ts:2 default-export',
    ],
  },
  {
    name: 'an enum and an any',
    files: { 'api/src/a.ts': 'export enum A { B }\nexport let c: readonly any[];\n' },
    found: ['api/src/a.ts:1 enum', 'api/src/a.ts:2 any'],
  },
  {
    name: 'SQL away from a store, and not prose that begins like it',
    files: {
      'bank/src/flows/load.ts': 'export const a = `\n  select id from wallets where id = $1`;\n',
      'bank/src/flows/lost.ts': "export const a = 'DELETE FROM devices WHERE id = $1';\n",
      'bank/src/flows/text.ts': "export const a = 'Select a bank from the list';\n",
      'bank/src/ledger/store.ts': "export const a = 'select id from accounts where id = $1';\n",
      'bank/src/settlement/store/inbox.ts': "export const a = 'insert into inbox values ($1)';\n",
    },
    found: ['bank/src/flows/load.ts:1 sql', 'bank/src/flows/lost.ts:1 sql'],
  },
  {
    name: 'a value pasted into SQL',
    files: {
      'bank/src/keys/store.ts': 'export const a = `delete from keys where id = ${id}`;\n',
      'bank/src/rail/store.ts': 'export const a = `select ${COLUMNS} from rail_entries`;\n',
    },
    found: ['bank/src/keys/store.ts:1 sql-parameters'],
  },
  {
    name: 'a note without a number',
    files: {
      'api/src/a.ts': note(': later'),
      'api/src/b.ts': note('(#12): later'),
    },
    found: ['api/src/a.ts:1 unfinished'],
  },
  {
    name: 'a name that says nothing',
    files: { 'api/src/utils.ts': lines(1), 'cli/src/common/index.ts': lines(1) },
    found: ['api/src/utils.ts:1 names', 'cli/src/common/index.ts:1 names'],
  },
];

const codes: readonly Case[] = [
  {
    name: 'a code that no test provokes',
    files: {
      'api/src/codes.ts':
        "export const PROBLEM_CODES = ['auth/a',\n'auth/b',\n'auth/c',\n'auth/d'] as const;\n",
      'api/test/a.test.ts': "expect(code).toBe('auth/a');\n",
      'vectors/judge/b.json': '{ "code": "auth/b" }\n',
      'api/src/table.ts': "export const a = 'auth/c';\n",
      'stories/a.test.ts': "export const a = { 'auth/d': 1 };\n",
    },
    found: ['api/src/codes.ts:3 codes'],
  },
  {
    name: 'a mention in a comment or a longer string does not count',
    files: {
      'bank/src/db/errors.ts': "export const DB_CODES = ['db/in_use'] as const;\n",
      'bank/test/a.test.ts': "// 'db/in_use'\nexport const a = 'see db/in_use';\n",
    },
    found: ['bank/src/db/errors.ts:1 codes'],
  },
];

describe.each([
  ['arrows between packages', arrows],
  ['ranks inside the bank', ranks],
  ['folders of the wallet app', appFolders],
  ['sizes', size],
  ['bans', bans],
  ['codes', codes],
] as const)('tidy: %s', (_, cases) => {
  test.each(cases)('$name', ({ files, found }) => {
    const { findings } = inspect(writeTree(files));
    expect(findings.map(({ path, line, rule }) => `${path}:${line} ${rule}`)).toEqual(found);
  });
});
