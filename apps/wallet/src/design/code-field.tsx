import { useEffect, useId, useRef } from 'preact/hooks';
import './field.css';
import { classes } from './classes.ts';
import { FieldAbout } from './field.tsx';
import { Words } from './words.tsx';

interface CodeFieldProps {
  readonly label: string;
  readonly value: string;
  /** Western digits only, at most `length`. */
  readonly onInput: (value: string) => void;
  /** All digits are there. */
  readonly onFull?: (value: string) => void;
  readonly length?: number;
  readonly error?: string;
  readonly hint?: string;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
}

/** A mailed code: one input over six boxes, so that paste and the phone's suggestion work. */
export function CodeField(props: CodeFieldProps) {
  const { label, value, onInput, onFull, length = 6, error, hint } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (props.autoFocus === true) input.current?.focus();
  }, [props.autoFocus]);
  const described = error !== undefined || hint !== undefined ? `${id}-about` : undefined;
  return (
    <div class={classes('field', error !== undefined && 'field-wrong')}>
      <label class="field-label" for={id}>
        <Words>{label}</Words>
      </label>
      <div class="code-field" dir="ltr">
        {Array.from({ length }, (_, index) => (
          <span
            key={index}
            aria-hidden="true"
            class={classes('code-box figures', index === value.length && 'code-box-next')}
          >
            {value[index] ?? ''}
          </span>
        ))}
        <input
          id={id}
          ref={input}
          class="code-input"
          type="text"
          inputMode="numeric"
          autocomplete="one-time-code"
          value={value}
          disabled={props.disabled}
          aria-invalid={error !== undefined}
          aria-describedby={described}
          onInput={(event) => {
            const digits = digitsOf(event.currentTarget.value).slice(0, length);
            event.currentTarget.value = digits;
            onInput(digits);
            if (digits.length === length && digits !== value) onFull?.(digits);
          }}
        />
      </div>
      {described === undefined ? undefined : <FieldAbout id={described} {...{ error, hint }} />}
    </div>
  );
}

/** Western digits; Urdu and Arabic-Indic ones are turned into them. */
function digitsOf(text: string): string {
  return text
    .replaceAll(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) =>
      String((digit.codePointAt(0) ?? 0) & 0xf),
    )
    .replaceAll(/[^0-9]/g, '');
}
