import { useSignal } from '@preact/signals';
import type { Challenge } from '../../account/session.ts';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { CodeStep } from './code-step.tsx';
import { proceed } from './proceed.ts';

/** E-mail address and password, then the code that was mailed. */
export function SignInScreen() {
  const app = useApp();
  const { speech, session, navigation } = app;
  const email = useSignal('');
  const password = useSignal('');
  const busy = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  const challenge = useSignal<Challenge | undefined>(undefined);
  const begin = async () => {
    busy.value = true;
    const given = { email: email.value.trim(), password: password.value };
    const answer = await session.begin(given);
    busy.value = false;
    refused.value = answer.ok ? undefined : answer.problem.code;
    if (answer.ok) challenge.value = answer;
  };
  if (challenge.value !== undefined) {
    const begun = challenge.value;
    return (
      <CodeStep
        email={begun.email}
        demoCode={begun.demoCode}
        onBack={() => {
          challenge.value = undefined;
        }}
        submit={async (code) => {
          const answer = await session.confirm(begun, code);
          if (!answer.ok) return answer.problem.code;
          await proceed(app);
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
        <Form id="sign-in" onSubmit={() => void begin()}>
          <Stack gap={4}>
            <Title>{speech.text('start.signIn')}</Title>
            <Field
              kind="email"
              name="email"
              label={speech.text('start.email')}
              value={email.value}
              onInput={(value) => (email.value = value)}
            />
            <Field
              kind="password"
              name="password"
              label={speech.text('start.password')}
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
        <Button onPress={() => void begin()} busy={busy.value}>
          {speech.text('start.signIn')}
        </Button>
        <Button
          kind="text"
          onPress={() => {
            navigation.go('forgotPassword');
          }}
        >
          {speech.text('start.forgotPassword')}
        </Button>
      </Foot>
    </Screen>
  );
}
