import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function bench(...args: readonly string[]) {
  const settings = { encoding: 'utf8', timeout: 60_000 } as const;
  return spawnSync(process.execPath, ['--import', 'tsx', main, ...args], settings);
}

test('with --json the last line is one array of named figures', () => {
  const { status, stdout } = bench('--only', 'sizes', '--json');
  expect(status).toBe(0);
  const figures = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as unknown[];
  expect(figures).toHaveLength(24);
  expect(figures).toContainEqual({
    name: 'sizes/payment-sealed-es256-version',
    value: 17,
    unit: 'QR version',
  });
  for (const figure of figures) {
    expect(figure).toEqual({
      name: expect.stringMatching(/^[a-z]+\/[a-z0-9-]+$/) as string,
      value: expect.any(Number) as number,
      unit: expect.any(String) as string,
    });
  }
});

test('a figure that does not exist is refused, with the names of those that do', () => {
  const { status, stderr } = bench('--only', 'settlement/999');
  expect(status).toBe(2);
  expect(stderr).toContain('settlement/1000');
});
