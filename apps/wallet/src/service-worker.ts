/**
 * Keeps the whole app on the phone, so that it opens without a network. It holds the app's own
 * files and nothing else: no answer of the bank ever goes into a cache. It imports nothing, so
 * that it is one file; build/service-worker.ts writes the list before it.
 */
interface Precache {
  /** The digest of every file. */
  readonly version: string;
  /** Relative to the scope. */
  readonly paths: readonly string[];
}

/** The parts of the ServiceWorkerGlobalScope that are used; the types of pages lack them. */
interface Scope {
  readonly PRECACHE: Precache;
  readonly registration: { readonly scope: string };
  readonly clients: {
    matchAll(options: { type: 'window' }): Promise<readonly { postMessage(data: unknown): void }[]>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}

interface WorkerEvent {
  readonly request: Request;
  readonly data: unknown;
  readonly tag?: string;
  waitUntil(work: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

const worker = self as unknown as Scope;
const PREFIX = 'sikka-app-';
const { version, paths } = worker.PRECACHE;
const CACHE = `${PREFIX}${version}`;
const { scope } = worker.registration;
const HELD: ReadonlySet<string> = new Set(paths.map((path) => new URL(path, scope).href));
const START = new URL('index.html', scope).href;

worker.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(leaveOlderBehind());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  address.hash = '';
  address.search = '';
  if (request.method !== 'GET' || !address.href.startsWith(scope)) return;
  if (HELD.has(address.href)) event.respondWith(fromHere(address.href, request));
  else if (request.mode === 'navigate') event.respondWith(fromHere(START, request));
});

/** The page says when: not while a sheet or a payment is open. */
worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') void worker.skipWaiting();
});

/** Keys are sealed under the PIN, so only an open page can sync: it is told that it may now. */
worker.addEventListener('sync', (event) => {
  if (event.tag === 'sikka-sync') event.waitUntil(wakePages());
});

/** All or nothing: a version that did not arrive whole is never shown. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([...HELD].map((href) => new Request(href, { cache: 'no-cache' })));
}

async function leaveOlderBehind(): Promise<void> {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function fromHere(href: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(href)) ?? fetch(request);
}

async function wakePages(): Promise<void> {
  for (const page of await worker.clients.matchAll({ type: 'window' })) page.postMessage('sync');
}
