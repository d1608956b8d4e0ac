import type { Audit } from './audit.ts';
import { AuditorError } from './errors.ts';
import type { CheckName } from './report.ts';

/**
 * Makes a check. What the bank never writes (a number that no sum holds, a text that is no key) may
 * break it: that is a finding of its table too, and the other checks go on.
 */
export async function guarded(
  { snapshot, book }: Pick<Audit, 'snapshot' | 'book'>,
  { check, table }: { readonly check: CheckName; readonly table: string },
  make: () => Promise<void>,
): Promise<void> {
  const undo = await snapshot.mark();
  try {
    await make();
  } catch (error) {
    if (error instanceof AuditorError) throw error;
    await undo();
    const what = 'what stands there is nothing that a bank writes, and stops this check';
    const found = error instanceof Error ? error.message : undefined;
    book.page(check).wrong({ table, key: {}, what, expected: 'rows that can be read', found });
  }
}
