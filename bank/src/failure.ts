/**
 * One line for whoever started a program that failed. Errors with a code of ours say what to do;
 * anything else is a bug, whose stack is wanted.
 */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `Failed: ${String(error)}`;
  const known = 'code' in error && typeof error.code === 'string' && error.code.includes('/');
  return known ? error.message : (error.stack ?? error.message);
}
