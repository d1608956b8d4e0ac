import { median } from './statistics.ts';

/** One published number, as `--json` prints it. */
export interface Figure {
  /** `group/what`, the same in every run. */
  readonly name: string;
  /** Median over the rounds. */
  readonly value: number;
  readonly unit: string;
  /** Of the same run and unit; median over the rounds. */
  readonly baseline?: number;
  /** Median of value ÷ baseline taken round by round: a busy minute slows both alike. */
  readonly ratio?: number;
}

/** What a figure should be, in one of two ways. */
export type Goal = { readonly atMost: number } | { readonly ratioAtLeast: number };

/** A figure as the table shows it. */
export interface Row {
  readonly figure: Figure;
  readonly goal?: Goal | undefined;
  /** What the baseline is, or what else to know. */
  readonly beside?: string | undefined;
  /** Said beside another row already: in the JSON, not in the table. */
  readonly jsonOnly?: boolean;
}

/** Collects one figure over the rounds of a run. */
export interface Series {
  add(value: number, baseline?: number): void;
  /** Undefined before the first `add`. */
  row(): Row | undefined;
}

export interface SeriesOptions {
  readonly name: string;
  readonly unit: string;
  readonly goal?: Goal;
  readonly beside?: string;
}

export function createSeries({ name, unit, goal, beside }: SeriesOptions): Series {
  const values: number[] = [];
  const baselines: number[] = [];
  const ratios: number[] = [];
  return {
    add(value, baseline) {
      values.push(value);
      if (baseline === undefined) return;
      baselines.push(baseline);
      ratios.push(value / baseline);
    },
    row() {
      if (values.length === 0) return undefined;
      const figure = { name, value: median(values), unit };
      const compared = { baseline: median(baselines), ratio: median(ratios) };
      return { figure: ratios.length === 0 ? figure : { ...figure, ...compared }, goal, beside };
    },
  };
}

export function meets({ value, ratio }: Figure, goal: Goal): boolean {
  if ('atMost' in goal) return value <= goal.atMost;
  return ratio !== undefined && ratio >= goal.ratioAtLeast;
}
