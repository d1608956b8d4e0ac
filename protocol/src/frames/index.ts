export { splitFrames } from './frame.ts';
export type { Frame, FrameSource, SplitOptions } from './frame.ts';
export { createFrameReceiver } from './receiver.ts';
export type { FrameProgress, FrameReceiver } from './receiver.ts';
