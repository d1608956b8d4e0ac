/** Where a command writes: answers to standard output, progress to standard error. */
export interface Output {
  /** One line of the answer. */
  line(text?: string): void;
  /** One line about what is happening; never part of the answer. */
  progress(text: string): void;
}

/** Writes to the terminal. */
export const terminal: Output = {
  line: (text = '') => process.stdout.write(`${text}\n`),
  progress: (text) => process.stderr.write(`${text}\n`),
};

/** Labels and values in two columns, the labels padded to the longest. */
export const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join('\n');
};
