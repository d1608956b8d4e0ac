import type { ScreenTable } from '../screen-table.ts';

export const HOME_SCREENS: ScreenTable = {};
