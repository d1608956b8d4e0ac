export * from './checkpoints.ts';
export * from './paths.ts';
export * from './sequence.ts';
export * from './verify.ts';
