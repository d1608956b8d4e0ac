import { useSignal } from '@preact/signals';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { CodeField } from '../../design/code-field.tsx';
import { Form } from '../../design/form.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';

interface CodeStepProps {
  readonly email: string;
  /** A demo's bank shows what it mailed. */
  readonly demoCode: string | undefined;
  readonly onBack: () => void;
  /** A code of what was refused, or nothing. */
  readonly submit: (code: string) => Promise<string | undefined>;
}

const CODE_DIGITS = 6;

/** The code that was mailed; the last digit sends it. */
export function CodeStep({ email, demoCode, onBack, submit }: CodeStepProps) {
  const { speech } = useApp();
  const code = useSignal('');
  const busy = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  const send = async (full: string) => {
    if (busy.value || full.length < CODE_DIGITS) return;
    busy.value = true;
    refused.value = await submit(full);
    busy.value = false;
    if (refused.value !== undefined) code.value = '';
  };
  return (
    <Screen>
      <Bar
        leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }}
        heading={false}
      />
      <Body>
        <Form onSubmit={() => void send(code.value)}>
          <Stack gap={4}>
            <Title>{speech.text('start.enterCode')}</Title>
            <Text tone="quiet">{speech.text('start.codeSentTo', { email })}</Text>
            <CodeField
              label={speech.text('start.code')}
              value={code.value}
              onInput={(value) => (code.value = value)}
              onFull={(full) => void send(full)}
              {...(refused.value === undefined ? {} : { error: sentenceOf(speech, refused.value) })}
              autoFocus
            />
            {demoCode === undefined ? undefined : (
              <Notice icon="info">{speech.text('start.demoCode', { code: demoCode })}</Notice>
            )}
          </Stack>
        </Form>
      </Body>
      <Foot>
        <Button onPress={() => void send(code.value)} busy={busy.value}>
          {speech.text('common.continue')}
        </Button>
      </Foot>
    </Screen>
  );
}
