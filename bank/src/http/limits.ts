/** Every limit of the HTTP server, each with its reason. Times are in milliseconds. */
export const limits = {
  /** Whoever sends headers slower than this is holding a connection, not asking. */
  headersTimeoutMs: 10_000,
  /** 8 MiB in this time is 0.6 Mbit/s; only who has a token gets to send a body at all. */
  requestTimeoutMs: 120_000,
  /** Who takes longer for a body is looked at again before it counts: much happens in a minute. */
  promptBodyMs: 1_000,
  /** A phone's next request mostly comes within seconds. */
  keepAliveTimeoutMs: 30_000,
  /** How often Node looks for connections past the times above. */
  connectionCheckMs: 2_000,
  /** Each costs some 10 kB; a bank that needs more has several nodes. */
  connections: 5_000,
  /** A token, and what a browser sends along. */
  headerBytes: 16_384,
  /** One connection carries this many requests, so that a restart is not held up by one client. */
  requestsPerConnection: 10_000,
  /** The longest path parameter is an id of 64 digits. */
  paramCharacters: 64,
  /** JSON deeper than this is an attack on whoever walks it; ours is two deep. */
  jsonDepth: 32,
  /** 500 transactions of 25 members each, and as much again. */
  jsonNodes: 50_000,
  /** Scrapes come every 15 s; whoever asks more often gets the same. */
  gaugesMs: 15_000,
  /** After this, requests that are still running are cut off: supervisors kill soon after. */
  drainMs: 10_000,
  /** Between two looks for connections that have had their answer. */
  drainCheckMs: 50,
  /** Browsers ask again after two hours at most, whatever is said. */
  preflightSeconds: 7_200,
  /** Rate limits are said in calls a minute. */
  rateWindowMs: 60_000,
  /** A node asks for this part of a limit at once: a tenth of the queries, and little waste. */
  rateLeasesInLimit: 10,
  /** A counter that takes longer holds up what it counts: the node goes on alone. */
  counterTimeoutMs: 1_000,
  /** Callers that one node knows in a minute; each costs about 200 bytes. */
  rateLeases: 100_000,
  /** What a reader of a stream is told to wait when the bank stops: a restart takes seconds. */
  streamRetryMs: 3_000,
  /** How long a stream may outlive its token, session or account. */
  streamCheckMs: 5_000,
  /** Between two pings of a WebSocket: proxies cut what is silent for a minute or half. */
  socketBeatMs: 15_000,
  /** Nothing is taken on a WebSocket, so a message is only ever a mistake. */
  socketMessageBytes: 1_024,
  /** How long a WebSocket that was told to close may take to say so too. */
  socketCloseMs: 2_000,
  /** Field errors told at once. */
  fieldErrors: 5,
} as const;
