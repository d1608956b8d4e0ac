export { cutChunks, startsMessage } from './chunk.ts';
export type { CutOptions } from './chunk.ts';
export { createChunkReceiver } from './receiver.ts';
export type { ChunkProgress, ChunkReceiver } from './receiver.ts';
