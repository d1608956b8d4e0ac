import type { ScreenTable } from '../screen-table.ts';
import { DisputeScreen } from './dispute-screen.tsx';
import { HistoryScreen } from './history-screen.tsx';
import { PaymentScreen } from './payment-screen.tsx';

export const HISTORY_SCREENS: ScreenTable = {
  history: HistoryScreen,
  payment: PaymentScreen,
  dispute: DisputeScreen,
};
