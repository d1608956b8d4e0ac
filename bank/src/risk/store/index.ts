export { readHistory } from './history.ts';
export type { RuleAct, RuleEvent, RuleStatus, RuleVersion } from './rules.ts';
export {
  insertRuleEvent,
  insertVersion,
  lockStatuses,
  readInForce,
  readRuleEvents,
  readVersion,
  readVersions,
  setActive,
  setStatus,
} from './rules.ts';
export type { KeptScore, PastScore, ScoredItem } from './scores.ts';
export { insertScores, readPastScores, readScores } from './scores.ts';
