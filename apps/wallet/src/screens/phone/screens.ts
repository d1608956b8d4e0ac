import type { ScreenTable } from '../screen-table.ts';

export const PHONE_SCREENS: ScreenTable = {};
