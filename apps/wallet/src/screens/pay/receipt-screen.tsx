import { useApp, useMoney } from '../../app-context.ts';
import { ScannerScreen } from '../scanner/scanner-screen.tsx';
import type { ScreenProps } from '../screen-table.ts';

/** The receipt on the shop's phone: it says that they took the payment, without any network. */
export function ReceiptScreen({ id }: ScreenProps) {
  const { speech, navigation, feel } = useApp();
  const money = useMoney();
  return (
    <ScannerScreen
      title={speech.text('pay.scanReceipt')}
      hint={speech.text('pay.holdReceipt')}
      take={async (given) => {
        const answer = await money.payer.acceptReceipt(given);
        if (!answer.ok) return speech.text('pay.notAReceipt');
        await money.changed();
        feel('receipt');
        navigation.replace('paySuccess', answer.paymentId);
        return undefined;
      }}
      onClose={() => {
        navigation.replace('payCode', id);
      }}
      ways={[]}
    />
  );
}
