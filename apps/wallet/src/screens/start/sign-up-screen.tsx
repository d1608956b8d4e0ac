import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Field } from '../../design/field.tsx';
import { Remark } from '../../design/notice.tsx';
import { EmailField, FormScreen, PasswordField } from '../form-screen.tsx';
import { useTask } from '../use-task.ts';
import { CodeStep } from './code-step.tsx';
import { SignInCode, useSignIn } from './sign-in-code.tsx';

/** Name, e-mail address, password; then the code that proves the address; then signing in. */
export function SignUpScreen() {
  const { speech, client, navigation } = useApp();
  const [name, email, password] = [useSignal(''), useSignal(''), useSignal('')];
  const sent = useSignal<{ readonly demoCode: string | undefined } | undefined>(undefined);
  const task = useTask();
  const signIn = useSignIn();
  const given = () => ({ email: email.value.trim(), password: password.value });
  const signUp = async () => {
    const answer = await client.signUp({ body: { name: name.value.trim(), ...given() } });
    if (!answer.ok) return answer.problem.code;
    sent.value = { demoCode: answer.value.otp_demo };
    return undefined;
  };
  const prove = async (otp: string) => {
    const answer = await client.verifyEmail({ body: { email: given().email, otp } });
    if (!answer.ok) return answer.problem.code;
    // Nobody types the password twice: signing in goes on with it.
    if ((await signIn.begin(given())) !== undefined) navigation.replace('signIn');
    return undefined;
  };
  if (signIn.challenge !== undefined) {
    return <SignInCode signIn={signIn} more={speech.text('start.secondCode', given())} />;
  }
  if (sent.value !== undefined) {
    return (
      <CodeStep
        email={email.value.trim()}
        demoCode={sent.value.demoCode}
        onBack={() => (sent.value = undefined)}
        submit={prove}
      />
    );
  }
  return (
    <FormScreen
      title={speech.text('start.openAccount')}
      more={speech.text('start.openAccountMore')}
      task={task}
      action={speech.text('common.continue')}
      onSubmit={() => void task.run(signUp)}
    >
      <Field
        kind="name"
        name="name"
        label={speech.text('start.name')}
        value={name.value}
        maxLength={100}
        onInput={(value) => (name.value = value)}
      />
      <EmailField value={email} />
      <PasswordField value={password} fresh />
      <Remark icon="shield">{speech.text('start.nameChecked')}</Remark>
    </FormScreen>
  );
}
