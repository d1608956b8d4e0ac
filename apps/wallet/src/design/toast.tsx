import { useEffect, useRef } from 'preact/hooks';
import './toast.css';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import { Words } from './words.tsx';

interface ToastProps {
  readonly text: string;
  readonly icon?: IconName;
  /** One thing to do about it. */
  readonly action?: { readonly label: string; readonly onPress: () => void };
  /** Five seconds are over. A new `text` begins them again. */
  readonly onGone: () => void;
}

const SHOWN_MS = 5_000;

/** A remark that goes by itself; never an error about money, those are screens. */
export function Toast({ text, icon, action, onGone }: ToastProps) {
  const gone = useRef(onGone);
  gone.current = onGone;
  useEffect(() => {
    const timer = setTimeout(() => {
      gone.current();
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return (
    <div class="toast" role="status">
      {icon === undefined ? undefined : <Icon name={icon} />}
      <span class="toast-text">
        <Words>{text}</Words>
      </span>
      {action === undefined ? undefined : (
        <button type="button" class="toast-action" onClick={action.onPress}>
          <Words>{action.label}</Words>
        </button>
      )}
    </div>
  );
}
