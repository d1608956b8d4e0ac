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
  readonly registration: {
    readonly scope: string;
    readonly installing: unknown;
    readonly waiting: unknown;
  };
  readonly clients: {
    matchAll(options: {
      readonly type: 'window';
      readonly includeUncontrolled?: boolean;
    }): Promise<readonly { readonly id: string; postMessage(data: unknown): void }[]>;
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
/** Not a file of the app: `Before`. */
const OPEN_BEFORE = new URL('open-before', scope).href;

worker.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  address.hash = '';
  address.search = '';
  if (request.method !== 'GET' || !address.href.startsWith(scope)) return;
  if (HELD.has(address.href)) event.respondWith(fromHere(address.href, request));
  else if (request.mode === 'navigate') event.respondWith(fromHere(START, request));
  else event.respondWith(fromOlder(address.href, request));
});

/** The page says when: not while a sheet or a payment is open. */
worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') void worker.skipWaiting();
  if (event.data === 'started') event.waitUntil(forgetOlder());
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

/** What there was when this version took over. */
interface Before {
  /** Ids of the pages that were open. */
  readonly pages: readonly string[];
  /** Caches of older versions, by name. */
  readonly caches: readonly string[];
}

/** Pages of an older version may be open in the middle of a payment: their files stay. */
async function takeOver(): Promise<void> {
  const cache = await caches.open(CACHE);
  const [pages, others] = [await openPages(), await otherCaches()];
  // One that is on its way already is newer than this: it is left to tidy for both. Asked last, so
  // that none whose cache is among the others came meanwhile.
  const { installing, waiting } = worker.registration;
  const isNewest = installing === null && waiting === null;
  const before: Before = { pages, caches: isNewest ? others : [] };
  await cache.put(OPEN_BEFORE, new Response(JSON.stringify(before)));
  await forgetOlder();
  await worker.clients.claim();
}

/** Deletes older versions once none of the pages is open that could be theirs. */
async function forgetOlder(): Promise<void> {
  const noted = await (await caches.open(CACHE)).match(OPEN_BEFORE);
  if (noted === undefined) return;
  const before = (await noted.json()) as Before;
  const open = new Set(await openPages());
  if (before.pages.some((id) => open.has(id))) return;
  // By name: a newer version that waits has its files already.
  await Promise.all(before.caches.map((name) => caches.delete(name)));
}

async function openPages(): Promise<readonly string[]> {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return pages.map(({ id }) => id);
}

async function otherCaches(): Promise<readonly string[]> {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
}

/** What only an older page asks for. */
async function fromOlder(href: string, request: Request): Promise<Response> {
  for (const name of await otherCaches()) {
    const found = await (await caches.open(name)).match(href);
    if (found !== undefined) return found;
  }
  return fetch(request);
}

async function fromHere(href: string, request: Request): Promise<Response> {
  return (await held(href)) ?? fetch(request);
}

/** Nothing where the browser cannot read what it keeps, as after a crash: the network has it. */
async function held(href: string): Promise<Response | undefined> {
  try {
    return await (await caches.open(CACHE)).match(href);
  } catch {
    return undefined;
  }
}

async function wakePages(): Promise<void> {
  for (const page of await worker.clients.matchAll({ type: 'window' })) page.postMessage('sync');
}
