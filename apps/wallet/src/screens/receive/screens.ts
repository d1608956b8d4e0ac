import type { ScreenTable } from '../screen-table.ts';

export const RECEIVE_SCREENS: ScreenTable = {};
