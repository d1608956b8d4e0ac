import type { ComponentChildren } from 'preact';
import './field.css';

interface FormProps {
  readonly children: ComponentChildren;
  /** Enter in a field. Nothing is ever sent by the browser itself. */
  readonly onSubmit: () => void;
  readonly id?: string;
}

/** Fields with their button, so that Enter and password managers work. */
export function Form({ children, onSubmit, id }: FormProps) {
  return (
    <form
      id={id}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      {/* Without one, Enter sends nothing where there is more than one field. */}
      <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
    </form>
  );
}
