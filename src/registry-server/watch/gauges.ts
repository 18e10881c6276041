import type { Collector } from '../collect/collector.ts';
import type { Registry } from '../registry/registry.ts';
import type { Gauge } from './metrics.ts';

/** The figures that a registry tells of itself. */
export function gaugesOf(registry: Registry, collector: Collector): readonly Gauge[] {
  const gauge = (name: string, help: string, read: () => number): Gauge => ({
    name: `wharf_registry_${name}`,
    help,
    kind: 'gauge',
    read,
  });
  return [
    gauge('blobs', 'Blobs that are stored.', () => registry.total().count),
    gauge('blob_bytes', 'Bytes of all blobs that are stored.', () => registry.total().bytes),
    gauge('uploads', 'Uploads that have begun and not ended.', () => registry.uploads.count()),
    gauge('memory_bytes', 'Resident memory of the server.', () => process.memoryUsage.rss()),
    {
      name: 'wharf_registry_collections_total',
      help: 'How often garbage was collected.',
      kind: 'counter',
      read: () => collector.runs,
    },
  ];
}
