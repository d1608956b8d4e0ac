import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { EmailField, FormScreen } from '../form-screen.tsx';
import { CodeStep } from '../start/code-step.tsx';
import { useStepUp } from './use-step-up.tsx';

interface ChangeEmailProps {
  readonly onDone: () => Promise<void>;
  readonly onBack: () => void;
}

/** Another address: a fresh second factor, then the code that was mailed to the new one. */
export function ChangeEmail({ onDone, onBack }: ChangeEmailProps) {
  const { speech, client } = useApp();
  const email = useSignal('');
  const sent = useSignal(false);
  const task = useStepUp();
  const ask = async () => {
    const answer = await client.updateUser({ body: { email: email.value.trim() } });
    if (!answer.ok) return answer.problem.code;
    sent.value = true;
    return undefined;
  };
  if (task.asking !== undefined) return task.asking;
  if (sent.value) {
    return (
      <CodeStep
        email={email.value.trim()}
        demoCode={undefined}
        onBack={() => (sent.value = false)}
        submit={async (otp) => {
          const answer = await client.verifyEmail({ body: { email: email.value.trim(), otp } });
          if (!answer.ok) return answer.problem.code;
          await onDone();
          return undefined;
        }}
      />
    );
  }
  return (
    <FormScreen
      title={speech.text('settings.newEmail')}
      more={speech.text('settings.newEmailMore')}
      task={task}
      action={speech.text('common.continue')}
      onSubmit={() => void task.run(ask)}
      onBack={onBack}
    >
      <EmailField value={email} />
    </FormScreen>
  );
}
