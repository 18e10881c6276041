import type { Log } from '#base';
import type { HttpRequest } from '#serve/http';
import type { Access } from './access/open-access.ts';
import type { Answered, Answerer } from './answered.ts';
import { ManagementApi } from './management/management-api.ts';
import { Visitors } from './management/visitors.ts';
import { PageFiles } from './page/page-files.ts';
import type { Registry } from './registry/registry.ts';
import type { Retention } from './retention/retention.ts';
import type { RegistrySettings } from './settings/settings.ts';
import { TokenEndpoint } from './tokens/token-endpoint.ts';

export interface ReceptionParts {
  readonly access: Access;
  readonly registry: Registry;
  readonly retention: Retention;
  readonly settings: RegistrySettings;
  readonly log: Log;
}

/** What the server answers beside the distribution API: tokens, its management, and the web page. */
export class Reception implements Answerer {
  readonly #tokens: Answerer | undefined;
  readonly #management: Answerer;
  readonly #page: Answerer;

  constructor({ access, registry, retention, settings, log }: ReceptionParts) {
    const { accounts, tokens, isOpen } = access;
    const { externalUrl } = settings;
    const isSecure =
      externalUrl === undefined ? settings.tls !== undefined : externalUrl.protocol === 'https:';
    this.#tokens = isOpen ? undefined : new TokenEndpoint(accounts, tokens, log);
    this.#management = new ManagementApi({
      registry,
      accounts,
      retention,
      readOnly: settings.readOnly,
      isOpen,
      visitors: new Visitors({ accounts, tokens, isOpen, externalUrl, isSecure }),
      log,
    });
    this.#page = new PageFiles(settings.pageFolder);
  }

  answer(request: HttpRequest): Promise<Answered> {
    if (request.path === '/token' && this.#tokens !== undefined) return this.#tokens.answer(request);
    if (request.path.startsWith('/api/')) return this.#management.answer(request);
    return this.#page.answer(request);
  }
}
