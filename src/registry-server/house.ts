import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, errorMessage, type Log } from '#base';
import { type Metadata, openMetadata } from '#store/metadata';
import { type Access, openAccess } from './access/open-access.ts';
import type { Answerer } from './answered.ts';
import { DistributionApi } from './api/distribution.ts';
import { Sources } from './cache/sources.ts';
import { Collector } from './collect/collector.ts';
import { Reception } from './reception.ts';
import { openRecords } from './records/records.ts';
import { Registry } from './registry/registry.ts';
import { Retention } from './retention/retention.ts';
import type { RegistrySettings } from './settings/settings.ts';
import { openFileStorage } from './storage/file-storage.ts';
import { openS3Storage } from './storage/s3-storage.ts';
import type { BlobStorage } from './storage/types.ts';
import { gaugesOf } from './watch/gauges.ts';
import { Metrics } from './watch/metrics.ts';

/** A registry with all that works on it, not yet listening. */
export interface House extends AsyncDisposable {
  readonly registry: Registry;
  readonly access: Access;
  readonly api: DistributionApi;
  /** Answers what the distribution API does not. */
  readonly reception: Answerer;
  readonly retention: Retention;
  readonly sources: Sources;
  readonly collector: Collector;
  readonly metrics: Metrics;
  readonly storage: BlobStorage;
}

/** Opens everything below the data root. @throws EngineError conflict, while another server has it */
export async function buildHouse(settings: RegistrySettings, log: Log): Promise<House> {
  await using undo = new AsyncDisposableStack();
  mkdirSync(settings.dataRoot, { recursive: true, mode: 0o700 });
  const metadata = undo.adopt(openTables(settings.dataRoot), (open) => open.close());
  const records = openRecords(metadata);
  const storage = undo.adopt(await openStorage(settings), (open) => open.close());
  const access = await openAccess(metadata, settings);
  const { projects } = access.accounts;
  const quota = (project: string) =>
    projects.find(project)?.quotaBytes ?? settings.quotas.get(project) ?? settings.quota;
  const registry = new Registry({
    records,
    storage,
    uploadFolder: join(settings.dataRoot, 'uploads'),
    quota,
  });
  const sources = undo.use(new Sources(registry, settings.cache, log));
  const api = new DistributionApi({
    registry,
    authorizer: access.authorizer,
    sourceOf: (repository) => sources.of(repository),
    log,
  });
  const collector = new Collector(registry, records, settings.collect, log);
  const retention = new Retention(registry, projects, log);
  const prepare = async () => {
    access.accounts.records.removeExpired(Date.now());
    sources.expire();
    await retention.applyAll();
  };
  undo.use(collector.start(prepare));
  const reception = new Reception({ access, registry, retention, settings, log });
  const metrics = new Metrics(gaugesOf(registry, collector, sources));
  const held = undo.move();
  const dispose = () => held.disposeAsync();
  return {
    ...{ registry, access, api, reception, retention, sources, collector, metrics, storage },
    [Symbol.asyncDispose]: dispose,
  };
}

async function openStorage({ s3, dataRoot }: RegistrySettings): Promise<BlobStorage> {
  return s3 === undefined ? openFileStorage(join(dataRoot, 'blobs')) : openS3Storage(s3);
}

function openTables(dataRoot: string): Metadata {
  try {
    return openMetadata(join(dataRoot, 'registry.db'));
  } catch (cause) {
    if (!/locked|busy/.test(errorMessage(cause))) throw cause;
    throw new EngineError('conflict', `${dataRoot} is in use by another registry`, { cause });
  }
}
