export { answerVector } from './answer.ts';
export { cborJson, isSameJson, json } from './json.ts';
export type { Json, JsonObject, VectorCase } from './json.ts';
