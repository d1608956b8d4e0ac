import type { ScreenTable } from '../screen-table.ts';
import { HomeScreen } from './home-screen.tsx';

export const HOME_SCREENS: ScreenTable = { home: HomeScreen };
