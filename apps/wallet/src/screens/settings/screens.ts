import type { ScreenTable } from '../screen-table.ts';

export const SETTINGS_SCREENS: ScreenTable = {};
