import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { CodeStep } from './code-step.tsx';

/** Name, e-mail address, password; then the code that proves the address; then signing in. */
export function SignUpScreen() {
  const { speech, client, navigation } = useApp();
  const name = useSignal('');
  const email = useSignal('');
  const password = useSignal('');
  const busy = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  const sent = useSignal<{ readonly demoCode: string | undefined } | undefined>(undefined);
  const signUp = async () => {
    busy.value = true;
    const body = { name: name.value.trim(), email: email.value.trim(), password: password.value };
    const answer = await client.signUp({ body });
    busy.value = false;
    refused.value = answer.ok ? undefined : answer.problem.code;
    if (answer.ok) sent.value = { demoCode: answer.value.otp_demo };
  };
  if (sent.value !== undefined) {
    return (
      <CodeStep
        email={email.value}
        demoCode={sent.value.demoCode}
        onBack={() => {
          sent.value = undefined;
        }}
        submit={async (otp) => {
          const answer = await client.verifyEmail({ body: { email: email.value.trim(), otp } });
          if (!answer.ok) return answer.problem.code;
          navigation.replace('signIn');
          return undefined;
        }}
      />
    );
  }
  return (
    <Screen>
      <Bar
        leading={{
          ...{ icon: 'back', label: speech.text('common.back') },
          onPress: () => {
            navigation.back();
          },
        }}
        heading={false}
      />
      <Body>
        <Form onSubmit={() => void signUp()}>
          <Stack gap={4}>
            <Title>{speech.text('start.openAccount')}</Title>
            <Text tone="quiet">{speech.text('start.openAccountMore')}</Text>
            <Field
              kind="name"
              name="name"
              label={speech.text('start.name')}
              value={name.value}
              maxLength={100}
              onInput={(value) => (name.value = value)}
            />
            <Field
              kind="email"
              name="email"
              label={speech.text('start.email')}
              value={email.value}
              onInput={(value) => (email.value = value)}
            />
            <Field
              kind="new-password"
              name="password"
              label={speech.text('start.password')}
              hint={speech.text('start.passwordHint')}
              value={password.value}
              onInput={(value) => (password.value = value)}
              reveal={{
                show: speech.text('start.showPassword'),
                hide: speech.text('start.hidePassword'),
              }}
            />
            {refused.value === undefined ? undefined : (
              <Notice icon="alert" tone="bad" urgent>
                {sentenceOf(speech, refused.value)}
              </Notice>
            )}
          </Stack>
        </Form>
      </Body>
      <Foot>
        <Button onPress={() => void signUp()} busy={busy.value}>
          {speech.text('common.continue')}
        </Button>
      </Foot>
    </Screen>
  );
}
