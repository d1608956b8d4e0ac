import { useEffect } from 'preact/hooks';
import { useApp } from '../../app-context.ts';
import { Row, Rows } from '../../design/row.tsx';
import { Sheet } from '../../design/sheet.tsx';
import type { PlaceName } from '../../navigation/places.ts';

/** What else the owner does at the till; a helper finds the owner's PIN and nothing more. */
export function TillMenu({ onClose }: { readonly onClose: () => void }) {
  const { speech, navigation, vault } = useApp();
  useEffect(() => navigation.holdBack(onClose), [navigation, onClose]);
  const to = (place: PlaceName) => () => {
    onClose();
    navigation.go(place);
  };
  if (vault.state.value.kind === 'handed-over') {
    return (
      <Sheet
        title={speech.text('receive.helperHasIt')}
        onClose={onClose}
        back={speech.text('receive.backToTill')}
      >
        <Rows>
          <Row
            icon="lock"
            title={<>{speech.text('receive.takeBack')}</>}
            detail={speech.text('receive.takeBackMore')}
            onPress={to('home')}
          />
        </Rows>
      </Sheet>
    );
  }
  return (
    <Sheet
      title={speech.text('receive.menu')}
      onClose={onClose}
      back={speech.text('receive.backToTill')}
    >
      <Rows>
        <Row
          icon="calendar"
          title={<>{speech.text('receive.closeDay')}</>}
          detail={speech.text('receive.closeDayMore')}
          onPress={to('dayClose')}
        />
        <Row
          icon="print"
          title={<>{speech.text('receive.printedCode')}</>}
          detail={speech.text('receive.printedCodeMore')}
          onPress={to('standee')}
        />
        <Row
          icon="person"
          title={<>{speech.text('receive.handOver')}</>}
          detail={speech.text('receive.handOverMore')}
          onPress={() => {
            onClose();
            void vault.handOver();
          }}
        />
        <Row icon="back" title={<>{speech.text('receive.leave')}</>} onPress={to('home')} />
      </Rows>
    </Sheet>
  );
}
