import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useApp } from '../app-context.ts';
import { Button } from '../design/button.tsx';
import { Field } from '../design/field.tsx';
import { Form } from '../design/form.tsx';
import { Stack } from '../design/layout.tsx';
import { Notice } from '../design/notice.tsx';
import { Bar, Body, Foot, Screen } from '../design/screen.tsx';
import { Text, Title } from '../design/text.tsx';
import { sentenceOf } from '../language/refusal.ts';
import { Flash } from './flash.tsx';
import { useHeldBack } from './use-held-back.ts';
import type { Task } from './use-task.ts';

interface FormScreenProps {
  readonly title: string;
  readonly more?: string;
  /** The fields. */
  readonly children: ComponentChildren;
  readonly task: Pick<Task, 'busy' | 'refused'>;
  readonly action: string;
  readonly onSubmit: () => void;
  /** Where it goes back to, if not to the screen before. */
  readonly onBack?: () => void;
  readonly second?: { readonly label: string; readonly onPress: () => void };
}

/** A title, some fields, what was refused, and the one thing to do. */
export function FormScreen(props: FormScreenProps) {
  const { title, more, children, task, action, onSubmit, second } = props;
  const { speech, navigation } = useApp();
  const onBack = props.onBack ?? navigation.back;
  useHeldBack(props.onBack);
  return (
    <Screen>
      <Bar leading={{ icon: 'back', label: speech.text('common.back'), onPress: onBack }} />
      <Body>
        <Form onSubmit={onSubmit}>
          <Stack gap={4}>
            <Title>{title}</Title>
            {more === undefined ? undefined : <Text tone="quiet">{more}</Text>}
            {children}
            {task.refused === undefined ? undefined : (
              <Notice icon="alert" tone="bad" urgent>
                {sentenceOf(speech, task.refused)}
              </Notice>
            )}
          </Stack>
        </Form>
      </Body>
      <Flash />
      <Foot>
        <Button kind="primary" onPress={onSubmit} busy={task.busy}>
          {action}
        </Button>
        {second === undefined ? undefined : (
          <Button kind="text" onPress={second.onPress}>
            {second.label}
          </Button>
        )}
      </Foot>
    </Screen>
  );
}

interface AccountFieldProps {
  readonly value: Signal<string>;
  readonly label?: string;
}

export function EmailField({ value, label }: AccountFieldProps) {
  const { speech } = useApp();
  return (
    <Field
      kind="email"
      name="email"
      label={label ?? speech.text('start.email')}
      value={value.value}
      onInput={(typed) => (value.value = typed)}
    />
  );
}

/** A password that can be looked at; a new one says what it must be. */
export function PasswordField({
  value,
  label,
  fresh = false,
}: AccountFieldProps & { readonly fresh?: boolean }) {
  const { speech } = useApp();
  return (
    <Field
      kind={fresh ? 'new-password' : 'password'}
      name={fresh ? 'new-password' : 'password'}
      label={label ?? speech.text('start.password')}
      {...(fresh ? { hint: speech.text('start.passwordHint') } : {})}
      value={value.value}
      onInput={(typed) => (value.value = typed)}
      reveal={{
        show: speech.text('start.showPassword'),
        hide: speech.text('start.hidePassword'),
      }}
    />
  );
}
