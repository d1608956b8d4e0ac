import { useApp } from '../../app-context.ts';
import { Button } from '../../design/button.tsx';
import { Checks } from '../../design/facts.tsx';
import { Empty } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { useTask } from '../use-task.ts';

/** Asked once, when the PIN is there: an app of its own is found again, and kept by the phone. */
export function PutOnHomeScreen({ onDone }: { readonly onDone: () => Promise<void> }) {
  const { speech, install } = useApp();
  const task = useTask();
  const finish = (ask: boolean) =>
    task.run(async () => {
      if (ask) await install.ask();
      await onDone();
      return undefined;
    });
  return (
    <Screen>
      <Body place="middle">
        <Empty icon="phone" title={speech.text('start.putOnHome')}>
          <Checks
            items={[speech.text('start.putOnHomeOpens'), speech.text('start.putOnHomeKept')]}
          />
        </Empty>
      </Body>
      <Foot>
        <Button kind="primary" busy={task.busy} onPress={() => void finish(true)}>
          {speech.text('start.putOnHomeDo')}
        </Button>
        <Button kind="text" onPress={() => void finish(false)}>
          {speech.text('start.notNow')}
        </Button>
      </Foot>
    </Screen>
  );
}
