import { useEffect } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import { Toast } from '../design/toast.tsx';

/** What was just done, said for a moment; stands before the foot, and stays on its screen. */
export function Flash() {
  const { toast } = useApp();
  const text = toast.value;
  useEffect(
    () => () => {
      if (text !== undefined && toast.peek() === text) toast.value = undefined;
    },
    [toast, text],
  );
  if (text === undefined) return null;
  return <Toast text={text} onGone={() => (toast.value = undefined)} />;
}
