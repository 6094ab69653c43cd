// What the pages' scripts get from the server: JSON of the API (docs/openapi.json) and data attributes of the templates.

interface Problem {
  code?: string;
  title?: string;
  detail?: string;
}

interface Author {
  account_id: string;
  name: string;
  role: string;
  via: string;
}

interface Reaction {
  emoji: string;
  count: number;
  mine: boolean;
  account_ids: string[];
}

interface ReplyTarget {
  id?: string;
  author?: { name: string } | null;
  text?: string | null;
}

/** A file of a message; of one that is on its way there is no more than its name and size. */
interface MessageFile {
  alt?: string;
  id: string;
  name: string;
  size: number;
  state: string;
  type?: string;
  checked?: boolean;
  width?: number;
  height?: number;
  preview_url?: string;
}

interface Message {
  id: string;
  seq: number;
  chat_id: string;
  author: Author | null;
  kind: string;
  text: string;
  html: string;
  reactions: Reaction[];
  created_at: string;
  event?: { type?: string; by?: unknown; ended_at?: string };
  mentions?: string[];
  reply_to?: ReplyTarget;
  edited_at?: string;
  deleted_at?: string;
  has_mail?: boolean;
  deliveries?: object[];
  files?: MessageFile[];
}

/** What can be drawn: the API's message, or one that the server doesn't have yet. */
type Drawable = Pick<Message, 'author' | 'kind' | 'html' | 'created_at' | 'reactions'> & Partial<Message>;

/** `{type, chat_id, …}`; schemas/events.py says what each type brings along. */
interface LiveEvent {
  type: string;
  chat_id: string;
  message?: Message;
  file?: MessageFile;
  participant?: { account_id: string; name: string; via: string };
  invitation_id?: string;
  account_id?: string;
  name?: string | null;
  seq?: number;
}

/** Somebody of the roster, as _chat_pieces.html writes them. */
interface Person {
  id: string;
  name: string;
  initials: string;
  tint: string;
  role: string;
  via: string;
  organization: string;
  invited: string;
  joined: string;
  picture?: string;
}

/** The chat that the page shows, as chat.html writes it. */
interface ChatData {
  chat: string;
  me: string;
  kind: string;
  lastSeq: string;
  older?: string;
  live?: string;
}

/** The sentences that scripts say, in the page's language: `#words` of _chat_pieces.html and chat_new.html. */
type Words = Record<string, string>;

/** What the service worker uses of its surroundings: `lib.webworker` and `lib.dom` can't be read together. */
interface ServiceWorkerScope {
  location: { href: string };
  registration: ServiceWorkerRegistration;
  caches: CacheStorage;
  navigator?: { setAppBadge?(): Promise<void> };
  clients: {
    matchAll(options: object): Promise<WindowClientLike[]>;
    openWindow(url: string): Promise<unknown>;
  };
  fetch: typeof fetch;
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: any) => void): void;
}

interface WindowClientLike {
  url: string;
  postMessage(message: unknown): void;
  focus(): Promise<unknown>;
}

interface FetchLike {
  request: Request;
  preloadResponse?: Promise<Response | undefined>;
}
