import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { EmailField, FormScreen, PasswordField } from '../form-screen.tsx';
import { useTask } from '../use-task.ts';
import { CodeStep } from './code-step.tsx';

interface Reset {
  readonly nonce: string;
  readonly demoCode: string | undefined;
}

/** The address, a new password, and the code that was mailed; then one signs in with it. */
export function ForgotPasswordScreen() {
  const { speech, client, navigation, toast } = useApp();
  const [email, password] = [useSignal(''), useSignal('')];
  const reset = useSignal<Reset | undefined>(undefined);
  const task = useTask();
  const ask = async () => {
    const answer = await client.forgotPassword({ body: { email: email.value.trim() } });
    if (!answer.ok) return answer.problem.code;
    reset.value = { nonce: answer.value.nonce_demo, demoCode: answer.value.otp_demo };
    return undefined;
  };
  const set = async (nonce: string, otp: string) => {
    const passwords = { new_password: password.value, confirm_password: password.value };
    const body = { email: email.value.trim(), otp, nonce, ...passwords };
    const answer = await client.resetPassword({ body });
    if (!answer.ok) return answer.problem.code;
    toast.value = speech.text('start.passwordSet');
    navigation.replace('signIn');
    return undefined;
  };
  if (reset.value !== undefined) {
    const { nonce, demoCode } = reset.value;
    return (
      <CodeStep
        key={nonce}
        email={email.value.trim()}
        demoCode={demoCode}
        more={speech.text('start.codeIfAccount', { email: email.value.trim() })}
        onBack={() => (reset.value = undefined)}
        again={ask}
        submit={(otp) => set(nonce, otp)}
      />
    );
  }
  return (
    <FormScreen
      title={speech.text('start.newPassword')}
      more={speech.text('start.newPasswordMore')}
      task={task}
      action={speech.text('common.continue')}
      onSubmit={() => void task.run(ask)}
    >
      <EmailField value={email} />
      <PasswordField value={password} label={speech.text('start.newPasswordField')} fresh />
    </FormScreen>
  );
}
