import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { canMakePasskeys, createPasskey } from '../../account/passkey.ts';
import type { AppClient } from '../../account/bank-client.ts';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Empty } from '../../design/notice.tsx';
import { Row, Rows } from '../../design/row.tsx';
import { Text } from '../../design/text.tsx';
import { browserIn } from './browser-in.ts';
import { ListScreen } from './list-screen.tsx';
import { useStepUp } from './use-step-up.tsx';

type Listed = Extract<Awaited<ReturnType<AppClient['listPasskeys']>>, { ok: true }>['value'];

/** Passkeys at the bank: they sign in and confirm in place of the mailed code. */
export function Passkeys({ onBack }: { readonly onBack: () => void }) {
  const { speech, client } = useApp();
  const list = useSignal<Listed['passkeys'] | undefined>(undefined);
  const task = useStepUp();
  const read = async () => {
    const answer = await client.listPasskeys();
    if (!answer.ok) return answer.problem.code;
    list.value = answer.value.passkeys;
    return undefined;
  };
  const add = async () => {
    const name = browserIn(navigator.userAgent) ?? speech.text('settings.aPhone');
    return (await createPasskey(client, name)) ?? read();
  };
  const remove = async (id: string) => {
    const answer = await client.removePasskey({ params: { passkey_id: id } });
    return answer.ok ? read() : answer.problem.code;
  };
  useEffect(() => void task.run(read), []);
  if (task.asking !== undefined) return task.asking;
  const canAdd = canMakePasskeys();
  return (
    <ListScreen
      title={speech.text('settings.passkeys')}
      more={speech.text(canAdd ? 'settings.passkeysMore' : 'settings.passkeysNone')}
      refused={task.refused}
      onBack={onBack}
      {...(canAdd
        ? {
            action: {
              label: speech.text('settings.addPasskey'),
              busy: task.busy,
              onPress: () => void task.run(add),
            },
          }
        : {})}
    >
      <PasskeyRows list={list.value} onRemove={(id) => void task.run(() => remove(id))} />
    </ListScreen>
  );
}

interface PasskeyRowsProps {
  readonly list: Listed['passkeys'] | undefined;
  readonly onRemove: (id: string) => void;
}

function PasskeyRows({ list, onRemove }: PasskeyRowsProps) {
  const { speech, times } = useApp();
  if (list === undefined) return <Text tone="quiet">{speech.text('common.loading')}</Text>;
  if (list.length === 0) return <Empty icon="key" title={speech.text('settings.noPasskeys')} />;
  return (
    <Rows>
      {list.map(({ id, name, created_at: at }) => (
        <Row
          key={id}
          icon="key"
          title={name}
          detail={times.day(Math.floor(Date.parse(at) / 1_000))}
          trailing={
            <Button
              kind="small"
              onPress={() => {
                onRemove(id);
              }}
            >
              {speech.text('settings.remove')}
            </Button>
          }
        />
      ))}
    </Rows>
  );
}
