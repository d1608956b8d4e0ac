import type { ShownPayment } from '@sikka/wallet/payer';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../app-context.ts';
import { Row, Rows } from '../../design/row.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { Text } from '../../design/text.tsx';
import { shareFile } from '../../platform/share.ts';
import { fitsOneCode } from '../payment-codes.ts';

interface OtherWaysSheetProps {
  readonly payment: ShownPayment;
  readonly inParts: boolean;
  readonly onParts: () => void;
  readonly onClose: () => void;
  /** Where the payment can still be kept from the bank. */
  readonly onNotTaken?: () => void;
}

/** A code that does not scan: bigger ones, a file, or that the shop does not want it. */
export function OtherWaysSheet(props: OtherWaysSheetProps) {
  const { payment, inParts, onParts, onClose, onNotTaken } = props;
  const { speech, navigation, toast } = useApp();
  useEffect(() => navigation.holdBack(onClose), [navigation, onClose]);
  const share = async () => {
    const { packet: content } = payment;
    const shared = await shareFile({
      ...{ name: 'payment.sikka', type: 'application/octet-stream', content },
    });
    if (shared === 'saved') toast.value = speech.text('pay.fileSaved');
    if (shared !== 'cancelled') onClose();
  };
  return (
    <Sheet
      title={speech.text('pay.notScanning')}
      back={speech.text('pay.backToCode')}
      onClose={onClose}
    >
      <Text tone="quiet">{speech.text('pay.stillOnePayment')}</Text>
      <Rows>
        {inParts && !fitsOneCode(payment.text) ? undefined : (
          <Row
            icon={inParts ? 'qr' : 'split'}
            title={<>{speech.text(inParts ? 'pay.oneCode' : 'pay.biggerCodes')}</>}
            detail={speech.text(inParts ? 'pay.oneCodeMore' : 'pay.biggerCodesMore')}
            onPress={() => {
              onParts();
              onClose();
            }}
          />
        )}
        <Row
          icon="share"
          title={<>{speech.text('pay.sendFile')}</>}
          detail={speech.text('pay.sendFileMore')}
          onPress={() => void share()}
        />
        {onNotTaken === undefined ? undefined : (
          <Row
            icon="leave"
            title={<>{speech.text('pay.notTaken')}</>}
            detail={speech.text('pay.notTakenMore')}
            onPress={onNotTaken}
          />
        )}
      </Rows>
    </Sheet>
  );
}
