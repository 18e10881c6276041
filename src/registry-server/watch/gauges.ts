import type { Sources } from '../cache/sources.ts';
import type { Collector } from '../collect/collector.ts';
import type { Registry } from '../registry/registry.ts';
import type { Gauge } from './metrics.ts';

/** The figures that a registry tells of itself. */
export function gaugesOf(registry: Registry, collector: Collector, sources: Sources): readonly Gauge[] {
  const figure = (kind: Gauge['kind'], name: string, help: string, read: () => number): Gauge => ({
    name: `wharf_registry_${name}`,
    help,
    kind,
    read,
  });
  return [
    figure('gauge', 'blobs', 'Blobs that are stored.', () => registry.total().count),
    figure('gauge', 'blob_bytes', 'Bytes of all blobs that are stored.', () => registry.total().bytes),
    figure('gauge', 'uploads', 'Uploads that have begun and not ended.', () => registry.uploads.count()),
    figure('gauge', 'memory_bytes', 'Resident memory of the server.', () => process.memoryUsage.rss()),
    figure('counter', 'collections_total', 'How often garbage was collected.', () => collector.runs),
    figure('counter', 'cache_hits_total', 'Pulls for which a copy was enough.', () => sources.counts().hits),
    figure('counter', 'cache_misses_total', 'Pulls that asked an upstream.', () => sources.counts().misses),
    figure(
      'counter',
      'cache_stale_total',
      'Older copies served for a silent upstream.',
      () => sources.counts().stale,
    ),
  ];
}
