import type { NamedSandbox } from '../types.ts';

/** What a daemon tells its resolver, one JSON text a line. */
export type ResolverRequest =
  /** What is told from here to `complete` is all there is. */
  | { readonly type: 'begin' }
  | { readonly type: 'complete' }
  /** `directory` is its shim's, when there is one. */
  | { readonly type: 'set'; readonly sandbox: NamedSandbox; readonly directory?: string }
  | { readonly type: 'remove'; readonly containerId: string }
  /** Answered when everything before it is in force. */
  | { readonly type: 'ask'; readonly number: number }
  /** The resolver is to end; a newer one takes its place. */
  | { readonly type: 'end' };

export type ResolverReply =
  /** The first word on a connection: which program the resolver runs from, see fileMark(). */
  { readonly type: 'hello'; readonly program: string } | { readonly type: 'answer'; readonly number: number };

/** The resolver's socket in the daemon's exec root. */
export const resolverSocketName = 'resolver.sock';

export function encodeLine(message: ResolverRequest | ResolverReply): string {
  return `${JSON.stringify(message)}\n`;
}

/** Takes whole lines out of the pieces of a stream. The far end is a process of ours: its texts are trusted. */
export class Lines<Message> {
  #unread = '';

  take(chunk: string): Message[] {
    const lines = (this.#unread + chunk).split('\n');
    this.#unread = lines.pop() ?? '';
    return lines.map((line) => JSON.parse(line));
  }
}
