import type { HttpRequest } from '#serve/http';
import type { Reply } from './api/reply.ts';

/** How a request was answered, and what is taken down of it. */
export interface Answered {
  readonly reply: Reply;
  /** What kind of request it was: `manifest`, `login`. */
  readonly what: string;
  readonly repository: string | undefined;
  readonly user: string | undefined;
}

/** A part of the server that answers requests; its failures are answers, too. */
export interface Answerer {
  answer(request: HttpRequest): Promise<Answered>;
}
