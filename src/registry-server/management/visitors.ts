import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '#serve/http';
import { readAuthorization } from '../access/authorization-header.ts';
import type { Account } from '../accounts/account-records.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Credentials } from '../accounts/credentials.ts';
import { Refusal } from '../refusal.ts';
import type { Tokens } from '../tokens/tokens.ts';

const sessionMs = 12 * 3600_000;
const mostSessions = 10_000;
const cookieName = 'wharf_session';

interface Session {
  readonly id: string;
  readonly name: string;
  readonly generation: string;
  readonly csrf: string;
  readonly endsMs: number;
}

/** Who uses the management API, and what a browser must say with his changes; undefined when no browser speaks. */
export interface Visitor {
  readonly account: Account;
  readonly csrf: string | undefined;
}

export interface VisitorsParts {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  /** Whether there are no accounts. */
  readonly isOpen: boolean;
  /** How browsers name the server, where they do not reach it by the Host that it sees. */
  readonly externalUrl: URL | undefined;
  /** Whether browsers are to send cookies over TLS alone. */
  readonly isSecure: boolean;
}

/** Everybody, at a registry without accounts. */
const everybody: Account = {
  name: '',
  secret: '',
  generation: '',
  isAdmin: true,
  createdMs: 0,
  robot: undefined,
};

/**
 * Knows who uses the management API: by password, by token, or by the session of a browser, which is kept in memory
 * and ends with the server. A change in a session must carry its word against forged requests; at a registry without
 * accounts any word is enough, for no page of another origin can send the header.
 */
export class Visitors {
  readonly #parts: VisitorsParts;
  readonly #sessions = new Map<string, Session>();

  constructor(parts: VisitorsParts) {
    this.#parts = parts;
  }

  /** @throws Refusal UNAUTHORIZED, DENIED for robots and forged requests, TOOMANYREQUESTS */
  async identify(request: HttpRequest): Promise<Visitor> {
    const visitor = await this.#find(request);
    if (visitor.account.robot !== undefined) throw new Refusal('DENIED', 'robots can’t manage the registry');
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (changes && visitor.csrf !== undefined) this.#refuseForged(request, visitor.csrf);
    return visitor;
  }

  /** Begins a session. @returns it with the cookie that names it. @throws Refusal UNAUTHORIZED, DENIED, TOOMANYREQUESTS */
  async enter(credentials: Credentials, request: HttpRequest) {
    this.#refuseForeign(request);
    const account = await this.#parts.accounts.credentials.check(credentials, request);
    if (account.robot !== undefined) throw new Refusal('DENIED', 'robots can’t manage the registry');
    const session = makeSession(account);
    this.#forgetOld();
    this.#sessions.set(session.id, session);
    const visitor: Visitor = { account, csrf: session.csrf };
    return { visitor, cookie: this.#formatCookie(session.id, sessionMs / 1000) };
  }

  /** Ends the session of a request. @returns the cookie that makes the browser forget it */
  leave(request: HttpRequest): string {
    this.#sessions.delete(readCookie(request));
    return this.#formatCookie('', 0);
  }

  async #find(request: HttpRequest): Promise<Visitor> {
    if (this.#parts.isOpen) return { account: everybody, csrf: '' };
    const said = readAuthorization(request);
    if (said.kind === 'basic') {
      const account = await this.#parts.accounts.credentials.check(said.credentials, request);
      return { account, csrf: undefined };
    }
    const visitor = said.kind === 'bearer' ? this.#byToken(said.token) : this.#bySession(request);
    if (visitor === undefined) throw new Refusal('UNAUTHORIZED', 'log in first');
    return visitor;
  }

  #byToken(token: string): Visitor | undefined {
    const grant = this.#parts.tokens.readGrant(token);
    const isMeant = grant?.scopes.some(({ type, name }) => type === 'registry' && name === 'management');
    return grant?.account !== undefined && isMeant ? { account: grant.account, csrf: undefined } : undefined;
  }

  #bySession(request: HttpRequest): Visitor | undefined {
    const session = this.#sessions.get(readCookie(request));
    if (session === undefined || session.endsMs <= Date.now()) return undefined;
    const account = this.#parts.accounts.records.find(session.name);
    return account?.generation === session.generation ? { account, csrf: session.csrf } : undefined;
  }

  #refuseForged(request: HttpRequest, csrf: string): void {
    this.#refuseForeign(request);
    const word = request.headers.get('x-csrf-token');
    const isRight = word !== undefined && (this.#parts.isOpen || sameText(word, csrf));
    if (!isRight) throw new Refusal('DENIED', 'the request lacks the X-CSRF-Token of its session');
  }

  /** @throws Refusal DENIED, for what a browser sends on behalf of a page of another origin */
  #refuseForeign({ headers }: HttpRequest): void {
    const site = headers.get('sec-fetch-site') ?? 'same-origin';
    const origin = headers.get('origin');
    const hosts = [headers.get('host'), this.#parts.externalUrl?.host];
    const isOwn = origin === undefined || (URL.canParse(origin) && hosts.includes(new URL(origin).host));
    if (isOwn && (site === 'same-origin' || site === 'none')) return;
    throw new Refusal('DENIED', 'requests of other sites are refused');
  }

  #formatCookie(id: string, seconds: number): string {
    const secure = this.#parts.isSecure ? '; Secure' : '';
    return `${cookieName}=${id}; Path=/api; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }

  #forgetOld(): void {
    const nowMs = Date.now();
    for (const { id, endsMs } of this.#sessions.values()) {
      if (endsMs > nowMs && this.#sessions.size < mostSessions) return;
      this.#sessions.delete(id);
    }
  }
}

function makeSession({ name, generation }: Account): Session {
  const [id, csrf] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
  return { id, name, generation, csrf, endsMs: Date.now() + sessionMs };
}

function readCookie({ headers }: HttpRequest): string {
  const pairs = (headers.get('cookie') ?? '').split(/; */).map((pair) => pair.split('='));
  return pairs.find(([name]) => name === cookieName)?.[1] ?? '';
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
