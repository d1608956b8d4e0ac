export * from './chain.ts';
export * from './entry.ts';
export * from './frontier.ts';
export * from './merkle.ts';
