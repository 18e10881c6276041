import type { ManifestView, ProjectView, RepositoryView, SessionView, TagView } from '#registry-api';

/** An answer that is no success, in the server's words. */
export class Failure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The management API, as one visitor uses it. */
export class Server {
  #csrf = '';

  /** Who is logged in. @throws Failure 401 for nobody; as all methods, other ones */
  async session(): Promise<SessionView> {
    return this.#keep(await call<SessionView>('GET', '/api/session'));
  }

  async enter(name: string, password: string): Promise<SessionView> {
    return this.#keep(await call<SessionView>('POST', '/api/session', {}, { name, password }));
  }

  async leave(): Promise<void> {
    await this.#change('DELETE', '/api/session');
  }

  projects(): Promise<readonly ProjectView[]> {
    return call('GET', '/api/projects');
  }

  repositories(project: string): Promise<readonly RepositoryView[]> {
    return call('GET', `/api/projects/${encodeURIComponent(project)}/repositories`);
  }

  /** Those after a name, in order, some hundred of them. */
  tags(repository: string, after: string): Promise<readonly TagView[]> {
    return call('GET', `/api/tags?${new URLSearchParams({ repository, after })}`);
  }

  manifest(repository: string, name: string): Promise<ManifestView> {
    return call('GET', `/api/manifest?${new URLSearchParams({ repository, name })}`);
  }

  async deleteTag(repository: string, tag: string): Promise<void> {
    await this.#change('DELETE', `/api/tag?${new URLSearchParams({ repository, tag })}`);
  }

  async deleteRepository(repository: string): Promise<void> {
    await this.#change('DELETE', `/api/repository?${new URLSearchParams({ repository })}`);
  }

  #keep(session: SessionView): SessionView {
    this.#csrf = session.csrf;
    return session;
  }

  #change(method: string, path: string): Promise<void> {
    return call(method, path, { 'X-CSRF-Token': this.#csrf });
  }
}

/** The server that served this page is believed to answer what its contract says. */
async function call<T>(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<T> {
  const type = { 'Content-Type': 'application/json' };
  const sent =
    body === undefined ? { headers } : { headers: { ...type, ...headers }, body: JSON.stringify(body) };
  const response = await fetch(path, { method, ...sent });
  const text = await response.text();
  const value = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return value;
  throw new Failure(response.status, value?.message ?? `${method} failed with ${response.status}`);
}
