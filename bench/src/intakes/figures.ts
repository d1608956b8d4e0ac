import { uploadsPerLane } from '../settlement.ts';

/** What the older intakes are measured by, in the order in which they are taken. */
export const INTAKE_FIGURES = [
  'ledger/1000',
  'ledger/grown',
  'bundle/1000',
  'bundle/1000-signed',
] as const;
export type IntakeFigure = (typeof INTAKE_FIGURES)[number];

/** Bodies that one lane hands in; half as many as native ones, since each is sealed before. */
export function intakesPerLane(seconds: number): number {
  return Math.max(1, Math.floor(uploadsPerLane(1000, seconds) / 2));
}
