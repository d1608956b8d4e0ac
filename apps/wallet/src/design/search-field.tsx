import './field.css';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly clearLabel: string;
  readonly autoFocus?: boolean;
}

/** Looks through what is on this phone while one types. */
export function SearchField({ label, value, onInput, clearLabel, autoFocus }: SearchFieldProps) {
  return (
    <div class="field-box field-search" role="search">
      <Icon name="search" size="s" />
      <input
        type="text"
        enterKeyHint="search"
        autocomplete="off"
        maxLength={100}
        dir="auto"
        aria-label={label}
        placeholder={label}
        value={value}
        autofocus={autoFocus}
        onInput={(event) => {
          onInput(event.currentTarget.value);
        }}
      />
      {value === '' ? undefined : (
        <IconButton
          icon="close"
          label={clearLabel}
          onPress={() => {
            onInput('');
          }}
        />
      )}
    </div>
  );
}
