import type { ScreenTable } from '../screen-table.ts';
import { ProfileScreen } from './profile-screen.tsx';
import { SecurityScreen } from './security-screen.tsx';
import { SettingsScreen } from './settings-screen.tsx';
import { SignOutScreen } from './sign-out-screen.tsx';

export const SETTINGS_SCREENS: ScreenTable = {
  settings: SettingsScreen,
  profile: ProfileScreen,
  security: SecurityScreen,
  signOut: SignOutScreen,
};
