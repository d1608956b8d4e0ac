import type { ScreenTable } from '../screen-table.ts';
import { DayCloseScreen } from './day-close-screen.tsx';
import { QueueScreen } from './queue-screen.tsx';
import { RefundScreen } from './refund-screen.tsx';
import { RequestScreen } from './request-screen.tsx';
import { ScanPaymentScreen } from './scan-payment-screen.tsx';
import { SetUpScreen } from './set-up-screen.tsx';
import { StandeeScreen } from './standee-screen.tsx';
import { TillReceiptScreen } from './till-receipt-screen.tsx';
import { TillScreen } from './till-screen.tsx';
import { VerdictScreen } from './verdict-screen.tsx';

export const RECEIVE_SCREENS: ScreenTable = {
  till: TillScreen,
  tillSetUp: SetUpScreen,
  tillRequest: RequestScreen,
  tillScan: ScanPaymentScreen,
  verdict: VerdictScreen,
  tillReceipt: TillReceiptScreen,
  queue: QueueScreen,
  dayClose: DayCloseScreen,
  refund: RefundScreen,
  standee: StandeeScreen,
};
