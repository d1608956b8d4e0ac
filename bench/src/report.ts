import type { Figure, Goal, Row } from './figures.ts';
import { meets } from './figures.ts';

const HEADER = ['figure', 'value', 'baseline', 'ratio', 'goal', ''] as const;

/** The table as people read it: one row a figure, numbers to the right. */
export function tableOf(rows: readonly Row[]): string {
  const shownRows = rows.filter(({ jsonOnly }) => jsonOnly !== true);
  const cells = [HEADER, ...shownRows.map(cellsOf)];
  const widths = HEADER.map((_, column) =>
    Math.max(...cells.map((line) => (line[column] ?? '').length)),
  );
  return cells
    .map((line) => line.map((cell, column) => fit(cell, column, widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** One line, one JSON array: what `--json` prints last. */
export function jsonOf(rows: readonly Row[]): string {
  return JSON.stringify(rows.map(({ figure }) => rounded(figure)));
}

/** Numbers are right-aligned, words left. */
function fit(cell: string, column: number, width: number): string {
  return column >= 1 && column <= 3 ? cell.padStart(width) : cell.padEnd(width);
}

function cellsOf({ figure, goal, beside = '' }: Row): readonly string[] {
  const { name, value, unit, baseline, ratio } = figure;
  return [
    name,
    `${shown(value)} ${unit}`,
    baseline === undefined ? '' : `${shown(baseline)} ${unit}`,
    ratio === undefined ? '' : ratio.toFixed(2),
    goal === undefined ? '' : `${said(goal)} ${meets(figure, goal) ? 'met' : 'NOT MET'}`,
    beside,
  ];
}

function said(goal: Goal): string {
  return 'atMost' in goal ? `≤ ${goal.atMost}` : `≥ ${goal.ratioAtLeast} ×`;
}

/** Four significant figures, which is more than any machine repeats. */
function shown(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 1_000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function rounded(figure: Figure): Figure {
  const { name, value, unit, baseline, ratio } = figure;
  const at = (number: number) => Number(number.toPrecision(6));
  if (baseline === undefined || ratio === undefined) return { name, value: at(value), unit };
  return { name, value: at(value), unit, baseline: at(baseline), ratio: at(ratio) };
}
