import type { InputHTMLAttributes } from 'preact';
import { useId, useState } from 'preact/hooks';
import './field.css';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';
import { Words } from './words.tsx';

const KINDS = {
  text: { type: 'text', autocomplete: 'off', inputMode: 'text', spellcheck: false },
  name: { type: 'text', autocomplete: 'name', inputMode: 'text', spellcheck: false },
  email: { type: 'email', autocomplete: 'username', inputMode: 'email', spellcheck: false },
  phone: { type: 'tel', autocomplete: 'tel', inputMode: 'tel', spellcheck: false },
  number: { type: 'text', autocomplete: 'off', inputMode: 'numeric', spellcheck: false },
  amount: { type: 'text', autocomplete: 'off', inputMode: 'decimal', spellcheck: false },
  password: {
    type: 'password',
    autocomplete: 'current-password',
    inputMode: 'text',
    spellcheck: false,
  },
  'new-password': {
    type: 'password',
    autocomplete: 'new-password',
    inputMode: 'text',
    spellcheck: false,
  },
} as const;

interface FieldProps {
  readonly kind?: keyof typeof KINDS;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** What is wrong and what to do; said at once by a screen reader. */
  readonly error?: string;
  readonly hint?: string;
  readonly maxLength?: number;
  /** The words of the button that shows a password; needed for the two password kinds. */
  readonly reveal?: { readonly show: string; readonly hide: string };
  readonly name?: string;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
}

/** A line to write in, its label above and what is wrong below. Inside a `Form`. */
export function Field(props: FieldProps) {
  const { kind = 'text', label, value, onInput, error, hint, reveal } = props;
  const id = useId();
  const [shown, setShown] = useState(false);
  const { type, ...attributes } = KINDS[kind];
  const described = error !== undefined || hint !== undefined ? `${id}-about` : undefined;
  return (
    <div class={classes('field', error !== undefined && 'field-wrong')}>
      <label class="field-label" for={id}>
        <Words>{label}</Words>
      </label>
      <div class="field-box">
        <Input
          id={id}
          {...attributes}
          type={type === 'password' && shown ? 'text' : type}
          dir={kind === 'text' || kind === 'name' ? 'auto' : 'ltr'}
          name={props.name}
          value={value}
          maxLength={props.maxLength ?? 200}
          disabled={props.disabled}
          autofocus={props.autoFocus}
          aria-invalid={error !== undefined}
          aria-describedby={described}
          onInput={(event) => {
            onInput(event.currentTarget.value);
          }}
        />
        {reveal === undefined ? undefined : (
          <IconButton
            icon={shown ? 'eye-off' : 'eye'}
            label={shown ? reveal.hide : reveal.show}
            onPress={() => {
              setShown(!shown);
            }}
          />
        )}
      </div>
      {described === undefined ? undefined : <FieldAbout id={described} {...{ error, hint }} />}
    </div>
  );
}

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'type' | 'role'> & {
  readonly type: 'text' | 'email' | 'tel' | 'password';
};

/** The types of Preact know what each kind of input may have; the element stays the same one. */
function Input({ type, ...rest }: InputProps) {
  const same = { ...rest, autocapitalize: 'none' } as const;
  if (type === 'email') return <input type="email" {...same} />;
  if (type === 'tel') return <input type="tel" {...same} />;
  if (type === 'password') return <input type="password" {...same} />;
  return <input type="text" {...same} />;
}

interface FieldAboutProps {
  readonly id: string;
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
}

/** What is wrong, or else the hint. */
export function FieldAbout({ id, error, hint }: FieldAboutProps) {
  if (error === undefined) {
    return (
      <p id={id} class="field-hint">
        <Words>{hint}</Words>
      </p>
    );
  }
  return (
    <p id={id} class="field-error" role="alert">
      <Icon name="alert" size="s" />
      <span>
        <Words>{error}</Words>
      </span>
    </p>
  );
}
