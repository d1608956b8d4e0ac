import type { ScreenTable } from '../screen-table.ts';

export const PAY_SCREENS: ScreenTable = {};
