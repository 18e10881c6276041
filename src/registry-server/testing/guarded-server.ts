import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewProject, Role } from '#registry-api';
import { startTestServer, type TestServer } from './server.ts';

export const rootPassword = 'correct-horse';
/** Of every user that the tests make. */
export const userPassword = 'battery-staple';

type OptionsOf<T extends (...args: never) => unknown> = NonNullable<Parameters<T>[0]>;

/** A registry with accounts. */
export class GuardedServer implements AsyncDisposable {
  readonly server: TestServer;
  readonly folder: string;

  constructor(server: TestServer, folder: string) {
    this.server = server;
    this.folder = folder;
  }

  /** Asks the management API; `as` is a user, by default the administrator, or the value of an Authorization header. */
  async manage(method: string, path: string, { as = 'admin', body }: { as?: string; body?: unknown } = {}) {
    const headers = { Authorization: as.includes(' ') ? as : basic(as) };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await this.server.ask(method, `/api${path}`, { headers, ...text });
    const said = await response.text();
    return { status: response.status, value: said === '' ? undefined : JSON.parse(said) };
  }

  /** The same, must succeed. */
  async managed(method: string, path: string, body?: unknown) {
    const { status, value } = await this.manage(method, path, { body });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(value)}`);
    return value;
  }

  /** Sends a request of a user; something happens when it has come but for its body. @returns the status */
  async askSlowly(
    [as, method, path, type]: readonly [as: string, method: string, path: string, type: string],
    body: string,
    meanwhile: () => Promise<unknown>,
  ): Promise<number | undefined> {
    const [host, port] = this.server.address.split(':');
    const sent = request({ host, port, method, path });
    sent.setHeaders(
      new Map([
        ['Authorization', basic(as)],
        ['Content-Type', type],
        ['Expect', '100-continue'],
      ]),
    );
    sent.setHeader('Content-Length', body.length);
    sent.flushHeaders();
    await once(sent, 'continue');
    await meanwhile();
    sent.end(body);
    const [response]: IncomingMessage[] = await once(sent, 'response');
    response?.resume();
    return response?.statusCode;
  }

  addProject(project: NewProject) {
    return this.managed('POST', '/projects', project);
  }

  /** Makes users that are named after their roles in projects. */
  async addMembers(projects: readonly string[], roles: readonly Role[]): Promise<void> {
    for (const role of roles) {
      const name = `${role}-user`;
      await this.managed('POST', '/users', { name, password: userPassword });
      for (const project of projects)
        await this.managed('PUT', `/projects/${project}/members/${name}`, { role });
    }
  }

  /** A token as clients get it; `as` undefined: without saying who asks. */
  async token(scope: string, as?: string): Promise<string> {
    const headers = as === undefined ? {} : { Authorization: basic(as) };
    const path = `/token?service=wharf-registry&scope=${encodeURIComponent(scope)}`;
    const response = await this.server.ask('GET', path, { headers });
    const value: unknown = await response.json();
    if (typeof value === 'object' && value !== null && 'token' in value) return String(value.token);
    throw new Error(`no token: ${response.status} ${JSON.stringify(value)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The Authorization header of a user of the tests, or of `NAME:PASSWORD`. */
export function basic(user: string): string {
  const password = user === 'admin' ? rootPassword : userPassword;
  const pair = user.includes(':') ? user : `${user}:${password}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Starts a registry with accounts on a free port; all of it goes with it. */
export async function startGuardedServer(
  options: OptionsOf<typeof startTestServer> = {},
): Promise<GuardedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'wt-registry-'));
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${rootPassword}\n`);
  const told = { ...options, 'admin-password-file': passwordFile };
  return new GuardedServer(await startTestServer(told, { folder }), folder);
}
