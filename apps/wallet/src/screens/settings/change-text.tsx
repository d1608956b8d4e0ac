import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Field } from '../../design/field.tsx';
import { FormScreen } from '../form-screen.tsx';
import { useStepUp } from './use-step-up.tsx';

interface ChangeTextProps {
  readonly part: 'name' | 'phone';
  readonly value: string;
  readonly onDone: () => Promise<void>;
  readonly onBack: () => void;
}

/** Another name or telephone number. An empty number takes it away. */
export function ChangeText({ part, value, onDone, onBack }: ChangeTextProps) {
  const { speech, client } = useApp();
  const typed = useSignal(value);
  const task = useStepUp();
  const change = async () => {
    const text = typed.value.trim();
    const body = part === 'name' ? { name: text } : { phone: text === '' ? null : text };
    const answer = await client.updateUser({ body });
    if (!answer.ok) return answer.problem.code;
    await onDone();
    return undefined;
  };
  if (task.asking !== undefined) return task.asking;
  const label = speech.text(part === 'name' ? 'start.name' : 'settings.phoneNumber');
  return (
    <FormScreen
      title={label}
      more={speech.text(part === 'name' ? 'settings.nameMore' : 'settings.phoneMore')}
      task={task}
      action={speech.text('settings.save')}
      onSubmit={() => void task.run(change)}
      onBack={onBack}
    >
      <Field
        kind={part}
        name={part}
        label={label}
        value={typed.value}
        maxLength={part === 'name' ? 100 : 23}
        onInput={(text) => (typed.value = text)}
      />
    </FormScreen>
  );
}
