import { useEffect, useRef } from 'preact/hooks';
import './keypad.css';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-paths.ts';
import type { KeypadKey } from './keypad-input.ts';

interface KeypadProps {
  readonly onKey: (key: KeypadKey) => void;
  /** Bottom left: `00` for an amount, a biometric for a PIN, or nothing. */
  readonly corner?:
    '00' | { readonly icon: IconName; readonly label: string; readonly onPress: () => void };
  readonly labels: { readonly keypad: string; readonly delete: string };
  /** The digits that the person wants, as drawn on the keys. */
  readonly face?: (digit: string) => string;
  /** 62 or 70 px a key. */
  readonly size?: 'normal' | 'till';
  /** It waits (a PIN is being tried): keys do nothing. */
  readonly waiting?: boolean;
  /** What Enter on a hardware keyboard does. */
  readonly onEnter?: () => void;
}

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const same = (digit: string) => digit;

/** Ten keys that never mirror: 1 is top left. Long on delete clears; a hardware keyboard works. */
export function Keypad(props: KeypadProps) {
  const { corner, labels, face = same, size = 'normal', waiting = false } = props;
  const press = (key: KeypadKey) => {
    if (!waiting) props.onKey(key);
  };
  useHardwareKeys(press, waiting ? undefined : props.onEnter);
  const digit = (key: KeypadKey) => (
    <button
      key={key}
      type="button"
      class="key figures"
      onClick={() => {
        press(key);
      }}
    >
      {face(key)}
    </button>
  );
  return (
    <div
      class={classes('keypad', size === 'till' && 'keypad-till')}
      dir="ltr"
      role="group"
      aria-label={labels.keypad}
      aria-busy={waiting}
    >
      {DIGITS.map(digit)}
      {corner === '00' ? digit('00') : <Corner {...(corner === undefined ? {} : { corner })} />}
      {digit('0')}
      <DeleteKey label={labels.delete} press={press} />
    </div>
  );
}

interface CornerProps {
  readonly corner?: Exclude<KeypadProps['corner'], '00' | undefined>;
}

function Corner({ corner }: CornerProps) {
  if (corner === undefined) return <span />;
  return (
    <button type="button" class="key key-flat" aria-label={corner.label} onClick={corner.onPress}>
      <Icon name={corner.icon} size="large" />
    </button>
  );
}

const LONG_PRESS_MS = 500;

interface DeleteKeyProps {
  readonly label: string;
  readonly press: (key: KeypadKey) => void;
}

function DeleteKey({ label, press }: DeleteKeyProps) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const cleared = useRef(false);
  const release = () => {
    clearTimeout(timer.current);
  };
  useEffect(() => release, []);
  return (
    <button
      type="button"
      class="key key-flat"
      aria-label={label}
      onPointerDown={() => {
        cleared.current = false;
        timer.current = setTimeout(() => {
          cleared.current = true;
          press('clear');
        }, LONG_PRESS_MS);
      }}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => {
        event.preventDefault();
      }}
      onClick={() => {
        if (!cleared.current) press('delete');
        cleared.current = false;
      }}
    >
      <Icon name="delete" size="large" />
    </button>
  );
}

/** Digits, Backspace and Delete, unless somebody types in a field or a sheet is open. */
function useHardwareKeys(press: (key: KeypadKey) => void, onEnter: (() => void) | undefined): void {
  const now = useRef({ press, onEnter });
  now.current = { press, onEnter };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isElsewhere(event.target)) return;
      if (/^[0-9]$/.test(event.key)) now.current.press(event.key as KeypadKey);
      else if (event.key === 'Backspace') now.current.press('delete');
      else if (event.key === 'Delete') now.current.press('clear');
      else if (event.key === 'Enter' && !isControl(event.target)) now.current.onEnter?.();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', listen);
    return () => {
      removeEventListener('keydown', listen);
    };
  }, []);
}

const isElsewhere = (target: EventTarget | null) =>
  document.querySelector('[aria-modal="true"]') !== null ||
  (target instanceof Element && target.matches('input, textarea, [contenteditable]'));

const isControl = (target: EventTarget | null) =>
  target instanceof Element && target.matches('button, a');
