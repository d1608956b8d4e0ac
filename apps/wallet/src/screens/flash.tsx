import { useApp } from '../app-context.ts';
import { Toast } from '../design/toast.tsx';

/** What was just done, said for a moment; stands before the foot. */
export function Flash() {
  const { toast } = useApp();
  if (toast.value === undefined) return null;
  return <Toast text={toast.value} onGone={() => (toast.value = undefined)} />;
}
