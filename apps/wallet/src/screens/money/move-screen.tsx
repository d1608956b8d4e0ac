import { useApp, useMoney } from '../../app-context.ts';
import { Amount } from '../../design/amount.tsx';
import { Button } from '../../design/button.tsx';
import { Stack } from '../../design/layout.tsx';
import { Notice, Remark } from '../../design/notice.tsx';
import { Body, Foot, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { Timeline } from '../../design/timeline.tsx';
import { sentenceOf } from '../../language/refusal.ts';
import { useAmounts } from '../amounts.ts';
import { TitleBar } from '../title-bar.tsx';
import { useTask } from '../use-task.ts';

/** Money on its way between the two wallets: how far it is, and how it goes on. */
export function MoveScreen() {
  const { speech, navigation } = useApp();
  const { loads } = useMoney();
  const amounts = useAmounts();
  const task = useTask();
  const move = loads.current.value;
  if (move === undefined) return null;
  const isLoad = move.kind === 'load';
  const goOn = () =>
    task.run(async () => {
      await loads.resume();
      return undefined;
    });
  return (
    <Screen>
      <TitleBar title={speech.text(isLoad ? 'money.load' : 'money.giveBack')} />
      <Body>
        <Stack gap={4}>
          <Text tone="quiet">{speech.text('money.onItsWay')}</Text>
          <Amount amount={amounts.of(move.amountMinor)} size="48" />
          <MoveTimeline />
          {move.failed === undefined ? undefined : (
            <Notice icon="sync" urgent>
              {sentenceOf(speech, move.failed)}
            </Notice>
          )}
          <Remark icon="shield">{speech.text('money.movedOnce')}</Remark>
        </Stack>
      </Body>
      <Foot>
        <Button
          kind="primary"
          icon="sync"
          busy={task.busy || move.busy}
          onPress={() => void goOn()}
        >
          {speech.text('money.goOn')}
        </Button>
        <Button
          kind="text"
          onPress={() => {
            navigation.replace('home');
          }}
        >
          {speech.text('money.later')}
        </Button>
      </Foot>
    </Screen>
  );
}

function MoveTimeline() {
  const { speech } = useApp();
  const move = useMoney().loads.current.value;
  const atBank = move?.step === 'bank';
  const first = {
    state: atBank ? 'ready' : 'settled',
    stage: atBank ? 'now' : 'done',
  } as const;
  if (move?.kind === 'giveBack') {
    return (
      <Timeline
        label={speech.text('money.howFar')}
        steps={[
          {
            ...first,
            title: speech.text('money.stepBack'),
            detail: speech.text('money.stepBackMore'),
          },
        ]}
      />
    );
  }
  return (
    <Timeline
      label={speech.text('money.howFar')}
      steps={[
        {
          ...first,
          title: speech.text('money.stepMove'),
          detail: speech.text('money.stepMoveMore'),
        },
        {
          ...{ state: 'ready', stage: atBank ? 'todo' : 'now' },
          title: speech.text('money.stepAside'),
          detail: speech.text('money.stepAsideMore'),
        },
      ]}
    />
  );
}
