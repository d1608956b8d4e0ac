import type { ScreenTable } from '../screen-table.ts';

export const MONEY_SCREENS: ScreenTable = {};
