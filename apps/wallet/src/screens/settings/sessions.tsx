import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppClient } from '../../account/bank-client.ts';
import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Row, Rows } from '../../design/row.tsx';
import { Text } from '../../design/text.tsx';
import { Words } from '../../design/words.tsx';
import { useTask } from '../use-task.ts';
import { browserIn } from './browser-in.ts';
import { ListScreen } from './list-screen.tsx';

type Listed = Extract<Awaited<ReturnType<AppClient['listSessions']>>, { ok: true }>['value'];

/** Where one is signed in; any other place can be signed out from here. */
export function Sessions({ onBack }: { readonly onBack: () => void }) {
  const { speech, client, times } = useApp();
  const list = useSignal<Listed['sessions'] | undefined>(undefined);
  const task = useTask();
  const read = async () => {
    const answer = await client.listSessions();
    if (!answer.ok) return answer.problem.code;
    list.value = answer.value.sessions;
    return undefined;
  };
  const end = async (id: string) => {
    const answer = await client.endSession({ params: { session_id: id } });
    return answer.ok ? read() : answer.problem.code;
  };
  useEffect(() => void task.run(read), []);
  const lastUsed = (at: string) => times.ago(Math.floor(Date.parse(at) / 1_000));
  return (
    <ListScreen
      title={speech.text('settings.sessions')}
      more={speech.text('settings.sessionsMore')}
      refused={task.refused}
      onBack={onBack}
    >
      {list.value === undefined ? (
        task.busy ? (
          <Text tone="quiet">{speech.text('common.loading')}</Text>
        ) : undefined
      ) : (
        <Rows>
          {list.value.map(({ id, current, agent, last_used_at: usedAt }) => (
            <Row
              key={id}
              icon="globe"
              title={browserIn(agent) ?? <Words>{speech.text('settings.unknownBrowser')}</Words>}
              detail={current ? speech.text('settings.here') : lastUsed(usedAt)}
              {...(current
                ? {}
                : {
                    trailing: (
                      <Button kind="small" onPress={() => void task.run(() => end(id))}>
                        {speech.text('settings.end')}
                      </Button>
                    ),
                  })}
            />
          ))}
        </Rows>
      )}
    </ListScreen>
  );
}
