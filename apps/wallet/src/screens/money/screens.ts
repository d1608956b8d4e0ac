import type { ScreenTable } from '../screen-table.ts';
import { GiveBackScreen } from './give-back-screen.tsx';
import { LimitsScreen } from './limits-screen.tsx';
import { LoadScreen } from './load-screen.tsx';
import { StatementScreen } from './statement-screen.tsx';
import { TopUpScreen } from './top-up-screen.tsx';
import { WithdrawScreen } from './withdraw-screen.tsx';

export const MONEY_SCREENS: ScreenTable = {
  load: LoadScreen,
  giveBack: GiveBackScreen,
  topUp: TopUpScreen,
  withdraw: WithdrawScreen,
  limits: LimitsScreen,
  statement: StatementScreen,
};
