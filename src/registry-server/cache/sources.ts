import type { Log } from '#base';
import { ownSource, type Source } from '../api/source.ts';
import { projectOf } from '../names.ts';
import { everything } from '../records/page.ts';
import type { Registry } from '../registry/registry.ts';
import type { CacheSettings, UpstreamSettings } from '../settings/settings.ts';
import { type CacheCounts, CachedSource } from './cached-source.ts';
import { Upstream } from './upstream.ts';

/** Where each repository is read from: the registry itself, or an upstream that it keeps copies of. */
export class Sources implements Disposable {
  readonly #registry: Registry;
  readonly #keepMs: number;
  readonly #own: Source;
  readonly #projects = new Map<string, CachedSource>();
  readonly #everything: CachedSource | undefined;
  readonly #stop = new AbortController();
  readonly #upstreams = new DisposableStack();

  constructor(registry: Registry, settings: CacheSettings, log: Log) {
    this.#registry = registry;
    this.#keepMs = settings.keepMs;
    this.#own = ownSource(registry);
    const open = (upstream: UpstreamSettings, pathOf: (repository: string) => string) =>
      new CachedSource({
        registry,
        upstream: this.#upstreams.use(new Upstream(upstream, settings.proxies)),
        pathOf,
        expiryMs: settings.expiryMs,
        log,
        stop: this.#stop.signal,
      });
    for (const [project, upstream] of settings.projects) {
      this.#projects.set(
        project,
        open(upstream, (repository) => repository.slice(project.length + 1)),
      );
    }
    if (settings.everything) this.#everything = open(settings.everything, (repository) => repository);
  }

  of(repository: string): Source {
    return this.#cacheOf(repository) ?? this.#own;
  }

  /** Forgets copies that nobody has pulled for long; their bytes go with the next collection. */
  expire(now = Date.now()): void {
    for (const repository of this.#registry.listRepositories()) {
      if (this.#cacheOf(repository) === undefined) continue;
      for (const { digest, pulledMs, pushedMs } of this.#registry.listManifests(repository, everything)) {
        const usedMs = Math.max(pulledMs ?? 0, pushedMs);
        if (usedMs < now - this.#keepMs)
          this.#registry.manifests.delete(repository, { kind: 'digest', digest });
      }
    }
  }

  /** All caches together. */
  counts(): CacheCounts {
    const caches = [
      ...this.#projects.values(),
      ...(this.#everything === undefined ? [] : [this.#everything]),
    ];
    const sum = (key: keyof CacheCounts) => caches.reduce((total, { counts }) => total + counts[key], 0);
    return { hits: sum('hits'), misses: sum('misses'), stale: sum('stale') };
  }

  /** Ends downloads that run. */
  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#upstreams.dispose();
  }

  /** A project itself is no copy of anything: its copies are below it. */
  #cacheOf(repository: string): CachedSource | undefined {
    const project = projectOf(repository);
    const ofProject = repository === project ? undefined : this.#projects.get(project);
    return ofProject ?? this.#everything;
  }
}
