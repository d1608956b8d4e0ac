import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { EmailField, FormScreen, PasswordField } from '../form-screen.tsx';
import { useTask } from '../use-task.ts';
import { SignInCode, useSignIn } from './sign-in-code.tsx';

/** E-mail address and password, then the code that was mailed. */
export function SignInScreen() {
  const { speech, navigation } = useApp();
  const email = useSignal('');
  const password = useSignal('');
  const task = useTask();
  const signIn = useSignIn();
  const begin = () => {
    const given = { email: email.value.trim(), password: password.value };
    void task.run(() => signIn.begin(given));
  };
  if (signIn.challenge !== undefined) return <SignInCode signIn={signIn} />;
  return (
    <FormScreen
      title={speech.text('start.signIn')}
      task={task}
      action={speech.text('start.signIn')}
      onSubmit={begin}
      second={{
        label: speech.text('start.forgotPassword'),
        onPress: () => {
          navigation.go('forgotPassword');
        },
      }}
    >
      <EmailField value={email} />
      <PasswordField value={password} />
    </FormScreen>
  );
}
