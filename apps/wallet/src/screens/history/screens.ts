import type { ScreenTable } from '../screen-table.ts';

export const HISTORY_SCREENS: ScreenTable = {};
