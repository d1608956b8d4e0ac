import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { CodeField } from '../../design/code-field.tsx';
import { Form } from '../../design/form.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice } from '../../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../../design/screen.tsx';
import { Text, Title } from '../../design/text.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { useHeldBack } from '../use-held-back.ts';
import { useTask } from '../use-task.ts';

interface CodeStepProps {
  readonly email: string;
  /** Said instead of where it was mailed to. */
  readonly more?: string;
  /** A demo's bank shows what it mailed. */
  readonly demoCode: string | undefined;
  readonly onBack: () => void;
  /** A code of what was refused, or nothing. */
  readonly submit: (code: string) => Promise<string | undefined>;
  /** Mails another one, where that can be asked for. */
  readonly again?: () => Promise<string | undefined>;
}

const CODE_DIGITS = 6;

/** The code that was mailed; the last digit sends it. */
export function CodeStep(props: CodeStepProps) {
  const { email, demoCode, onBack, submit, again } = props;
  const { speech } = useApp();
  const code = useSignal('');
  const task = useTask();
  useHeldBack(onBack);
  const send = async (full: string) => {
    if (full.length < CODE_DIGITS) return;
    await task.run(async () => {
      const refused = await submit(full);
      if (refused !== undefined) code.value = '';
      return refused;
    });
  };
  return (
    <Screen>
      <Bar leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }} />
      <Body>
        <Form onSubmit={() => void send(code.value)}>
          <Stack gap={4}>
            <Title>{speech.text('start.enterCode')}</Title>
            <Text tone="quiet">{props.more ?? speech.text('start.codeSentTo', { email })}</Text>
            <CodeField
              label={speech.text('start.code')}
              value={code.value}
              onInput={(value) => (code.value = value)}
              onFull={(full) => void send(full)}
              {...(task.refused === undefined ? {} : { error: sentenceOf(speech, task.refused) })}
              autoFocus
            />
            {demoCode === undefined ? undefined : (
              <Notice icon="info">{speech.text('start.demoCode', { code: demoCode })}</Notice>
            )}
          </Stack>
        </Form>
      </Body>
      <Foot>
        <Button kind="primary" onPress={() => void send(code.value)} busy={task.busy}>
          {speech.text('common.continue')}
        </Button>
        {again === undefined ? undefined : <SendAgain again={again} />}
      </Foot>
    </Screen>
  );
}

/** Mail takes a moment: sooner, a second one only confuses. */
const WAIT_SECONDS = 30;

function SendAgain({ again }: { readonly again: () => Promise<string | undefined> }) {
  const { speech } = useApp();
  const left = useSignal(WAIT_SECONDS);
  const task = useTask();
  useEffect(() => {
    const timer = setInterval(() => {
      left.value = Math.max(0, left.peek() - 1);
    }, 1_000);
    return () => {
      clearInterval(timer);
    };
  }, [left]);
  if (left.value > 0) {
    return (
      <Text size="small" tone="quiet" center>
        {speech.text('start.sendAgainIn', { count: left.value })}
      </Text>
    );
  }
  return (
    <>
      {task.refused === undefined ? undefined : (
        <Text size="small" tone="bad" center>
          {sentenceOf(speech, task.refused)}
        </Text>
      )}
      <Button
        kind="text"
        busy={task.busy}
        onPress={() =>
          void task.run(async () => {
            const refused = await again();
            if (refused === undefined) left.value = WAIT_SECONDS;
            return refused;
          })
        }
      >
        {speech.text('start.sendAgain')}
      </Button>
    </>
  );
}
