import { useId } from 'preact/hooks';
import './switch.css';
import { Words } from './words.tsx';

interface SwitchProps {
  readonly label: string;
  readonly detail?: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  /** Cannot be changed; `detail` says why. */
  readonly disabled?: boolean;
}

/** A setting that is on or off and takes effect at once. */
export function Switch({ label, detail, on, onChange, disabled = false }: SwitchProps) {
  const id = useId();
  return (
    <button
      type="button"
      class="switch"
      role="switch"
      aria-checked={on}
      aria-labelledby={`${id}-label`}
      aria-describedby={detail === undefined ? undefined : `${id}-detail`}
      disabled={disabled}
      onClick={() => {
        onChange(!on);
      }}
    >
      <span class="switch-text">
        <span id={`${id}-label`} class="switch-label">
          <Words>{label}</Words>
        </span>
        {detail === undefined ? undefined : (
          <span id={`${id}-detail`} class="switch-detail">
            <Words>{detail}</Words>
          </span>
        )}
      </span>
      <span class="switch-track" aria-hidden="true">
        <span class="switch-thumb" />
      </span>
    </button>
  );
}
