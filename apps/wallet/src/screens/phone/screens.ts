import type { ScreenTable } from '../screen-table.ts';
import { BackupScreen } from './backup-screen.tsx';
import { DevicesScreen } from './devices-screen.tsx';
import { RestoreScreen } from './restore-screen.tsx';
import { StartAnewScreen } from './start-anew-screen.tsx';

export const PHONE_SCREENS: ScreenTable = {
  devices: DevicesScreen,
  backup: BackupScreen,
  restore: RestoreScreen,
  startAnew: StartAnewScreen,
};
