import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Keypad } from '../../design/keypad.tsx';
import { typedPin } from '../../design/keypad-input.ts';
import type { KeypadKey } from '../../design/keypad-input.ts';
import { PinDots } from '../../design/pin-dots.tsx';

/** Digits of a PIN of this app. */
export const PIN_DIGITS = 6;

/**
 * A PIN as it is typed; `onFull` gets it once all digits are there, and then it begins anew. While
 * `blocked`, keys do nothing.
 */
export function usePin(onFull: (pin: string) => Promise<void>, blocked = false) {
  const { speech } = useApp();
  const pin = useSignal('');
  const waiting = useSignal(false);
  /** One at a time: a second press must never pay a second time. */
  const use = async (read: () => Promise<string | undefined>) => {
    if (waiting.peek()) return;
    waiting.value = true;
    try {
      const full = await read();
      if (full !== undefined) await onFull(full);
    } finally {
      pin.value = '';
      waiting.value = false;
    }
  };
  const press = async (key: KeypadKey) => {
    if (waiting.peek()) return;
    pin.value = typedPin(pin.value, key, PIN_DIGITS);
    if (pin.value.length === PIN_DIGITS) await use(() => Promise.resolve(pin.value));
  };
  return {
    waiting,
    /** A PIN that is not typed: the phone's sensor gives it out, or nothing. */
    use,
    dots: (
      <PinDots
        filled={pin.value.length}
        of={PIN_DIGITS}
        label={speech.text('start.digitsTyped', { count: pin.value.length, of: PIN_DIGITS })}
      />
    ),
    /** The keypad; a corner key is the biometric one. */
    keypad: (corner?: Parameters<typeof Keypad>[0]['corner']) => (
      <Keypad
        onKey={(key) => void press(key)}
        labels={{ keypad: speech.text('start.pinKeypad'), delete: speech.text('common.delete') }}
        face={(digit) => speech.digits(digit)}
        waiting={waiting.value || blocked}
        {...(corner === undefined ? {} : { corner })}
      />
    ),
  };
}
