import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { FormScreen, PasswordField } from '../form-screen.tsx';
import { useTask } from '../use-task.ts';

/** The password of the account at the bank. */
export function ChangePassword({ onBack }: { readonly onBack: () => void }) {
  const { speech, client, toast } = useApp();
  const [current, fresh] = [useSignal(''), useSignal('')];
  const task = useTask();
  const change = async () => {
    const body = { current_password: current.value, new_password: fresh.value };
    const answer = await client.changePassword({ body });
    if (!answer.ok) return answer.problem.code;
    toast.value = speech.text('settings.passwordChanged');
    onBack();
    return undefined;
  };
  return (
    <FormScreen
      title={speech.text('settings.changePassword')}
      more={speech.text('settings.changePasswordMore')}
      task={task}
      action={speech.text('settings.save')}
      onSubmit={() => void task.run(change)}
      onBack={onBack}
    >
      <PasswordField value={current} label={speech.text('settings.currentPassword')} />
      <PasswordField value={fresh} label={speech.text('start.newPasswordField')} fresh />
    </FormScreen>
  );
}
