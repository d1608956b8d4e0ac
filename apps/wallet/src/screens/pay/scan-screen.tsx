import { useApp } from '../../app-context.ts';
import { hasBluetooth } from '../../platform/bluetooth.ts';
import { ScannerScreen } from '../scanner/scanner-screen.tsx';
import { RefusedScreen } from './refused-screen.tsx';
import { useTake } from './use-take.ts';

/** The shop's code before the camera, in a photo, as a text; or the shop's number. */
export function ScanScreen() {
  const { speech, navigation } = useApp();
  const { refused, take } = useTake();
  if (refused.value !== undefined) {
    return <RefusedScreen code={refused.value.code} onAgain={() => (refused.value = undefined)} />;
  }
  return (
    <ScannerScreen
      title={speech.text('pay.scanToPay')}
      hint={speech.text('pay.holdInside')}
      take={take}
      onClose={() => {
        navigation.back();
      }}
      ways={[
        {
          ...{ icon: 'till', label: speech.text('pay.tillNumber') },
          onPress: () => {
            navigation.replace('tillNumber');
          },
        },
        {
          ...{ icon: 'paste', label: speech.text('pay.pasteCode') },
          onPress: () => {
            navigation.replace('pasteCode');
          },
        },
        ...(hasBluetooth()
          ? [
              {
                ...{ icon: 'bluetooth' as const, label: speech.text('pay.nearbyTill') },
                onPress: () => {
                  navigation.replace('nearbyTill');
                },
              },
            ]
          : []),
      ]}
    />
  );
}
