import type { ScreenTable } from '../screen-table.ts';
import { AmountScreen } from './amount-screen.tsx';
import { CodeScreen } from './code-screen.tsx';
import { ConfirmScreen } from './confirm-screen.tsx';
import { HandOverScreen } from './hand-over-screen.tsx';
import { NearbyScreen } from './nearby-screen.tsx';
import { PasteScreen } from './paste-screen.tsx';
import { ReceiptScreen } from './receipt-screen.tsx';
import { ScanScreen } from './scan-screen.tsx';
import { SuccessScreen } from './success-screen.tsx';
import { TillNumberScreen } from './till-number-screen.tsx';

export const PAY_SCREENS: ScreenTable = {
  scan: ScanScreen,
  tillNumber: TillNumberScreen,
  pasteCode: PasteScreen,
  nearbyTill: NearbyScreen,
  payAmount: AmountScreen,
  payConfirm: ConfirmScreen,
  payCode: CodeScreen,
  payNearby: HandOverScreen,
  payReceipt: ReceiptScreen,
  paySuccess: SuccessScreen,
};
