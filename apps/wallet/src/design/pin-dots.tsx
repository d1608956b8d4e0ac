import './keypad.css';
import { classes } from './classes.ts';

interface PinDotsProps {
  readonly filled: number;
  readonly of?: number;
  /** "4 of 6 digits". */
  readonly label: string;
}

/** How many digits of a PIN are typed, and nothing about which. */
export function PinDots({ filled, of = 6, label }: PinDotsProps) {
  return (
    <div class="pin-dots" dir="ltr" role="img" aria-label={label}>
      {Array.from({ length: of }, (_, index) => (
        <span key={index} class={classes('pin-dot', index < filled && 'pin-dot-on')} />
      ))}
    </div>
  );
}
