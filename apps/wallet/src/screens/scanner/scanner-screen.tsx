import { useApp } from '../../app-context.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { Numbered } from '../../design/facts.tsx';
import { Space } from '../../design/layout.tsx';
import { Empty } from '../../design/notice.tsx';
import { Bar, Body, Screen } from '../../design/screen.tsx';
import { Text } from '../../design/text.tsx';
import { Tiles, Viewfinder } from '../../design/viewfinder.tsx';
import type { IconName } from '../../design/icon-paths.ts';
import type { MessageKey } from '../../language/catalogue.ts';
import type { Speech } from '../../language/language.ts';
import type { CameraRefusal } from '../../platform/camera.ts';
import { useScanner } from './use-scanner.ts';
import type { Said, Scanner, Take } from './use-scanner.ts';

interface ScannerScreenProps {
  readonly title: string;
  /** "Hold the shop’s code inside the corners". */
  readonly hint: string;
  readonly take: Take;
  readonly onClose: () => void;
  /** Other ways than the camera, beside a photo. */
  readonly ways: readonly Way[];
}

interface Way {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
}

/** Looks for a code, or says why it cannot and what to do instead. */
export function ScannerScreen({ title, hint, take, onClose, ways }: ScannerScreenProps) {
  const { speech } = useApp();
  const scanner = useScanner(take);
  const close = { icon: 'close' as const, label: speech.text('common.close'), onPress: onClose };
  const photo: Way = {
    icon: 'photo',
    label: speech.text('pay.fromPhoto'),
    onPress: () => void scanner.readPicture(),
  };
  const [first, ...others] = ways;
  const tiles = first === undefined ? [photo] : [first, photo, ...others];
  const { value: sight } = scanner.sight;
  const said = sayingOf(speech, scanner.said.value) ?? hint;
  if (sight.kind === 'refused') {
    return (
      <Screen surface="ground">
        <Bar title={title} heading={false} leading={close} centred />
        <Refused reason={sight.reason} scanner={scanner} said={scanner.said.value} />
        <Tiles label={speech.text('pay.otherWays')} tiles={tiles} />
      </Screen>
    );
  }
  return (
    <Screen surface="camera">
      <Viewfinder video={scanner.video} hint={said}>
        <Bar title={title} leading={close} centred>
          {sight.kind === 'open' && sight.hasTorch ? (
            <IconButton
              icon="torch"
              label={speech.text('pay.torch')}
              pressed={scanner.torch.value}
              onPress={() => void scanner.switchTorch()}
            />
          ) : undefined}
        </Bar>
      </Viewfinder>
      <Tiles label={speech.text('pay.otherWays')} tiles={tiles} />
    </Screen>
  );
}

const WHY: Readonly<Record<CameraRefusal, MessageKey>> = {
  denied: 'pay.cameraDeniedMore',
  absent: 'pay.cameraAbsent',
  busy: 'pay.cameraBusy',
  unsupported: 'pay.cameraUnsupported',
};

function sayingOf(speech: Speech, said: Said): string | undefined {
  switch (said?.kind) {
    case 'refused':
      return said.sentence;
    case 'part':
      return speech.text('pay.partsSeen', { have: said.have, of: said.of });
    case 'no_code':
      return speech.text('pay.noCodeInPicture');
    case undefined:
      return undefined;
  }
}

interface RefusedProps {
  readonly reason: CameraRefusal;
  readonly scanner: Scanner;
  readonly said: Said;
}

function Refused({ reason, scanner, said }: RefusedProps) {
  const { speech } = useApp();
  const denied = reason === 'denied';
  return (
    <Body>
      <Empty
        icon="camera-off"
        title={speech.text(denied ? 'pay.cameraDenied' : 'pay.cameraAway')}
        text={speech.text(WHY[reason])}
      >
        {denied ? (
          <Numbered
            face={(number) => speech.digits(String(number))}
            items={[
              speech.text('pay.cameraStep1'),
              speech.text('pay.cameraStep2'),
              speech.text('pay.cameraStep3'),
            ]}
          />
        ) : undefined}
      </Empty>
      {reason === 'absent' || reason === 'unsupported' ? undefined : (
        <Button kind="primary" onPress={scanner.retry}>
          {speech.text('pay.cameraAgain')}
        </Button>
      )}
      <Space size={3} />
      <Text size="small" tone="quiet" center>
        {sayingOf(speech, said) ?? speech.text('pay.withoutCamera')}
      </Text>
    </Body>
  );
}
