import type { Metadata } from '#store/metadata';
import type { NetworkRecord } from './types.ts';

const migrations = [
  'CREATE TABLE network (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_ns INTEGER NOT NULL, document TEXT NOT NULL) STRICT',
  // Networks of IPv4 alone get the form of those of both families.
  `UPDATE network SET document = json_set(document, '$.ipv4', json('true'), '$.ipv6', json('false'),
     '$.ipamOptions', NULL, '$.configOnly', json('false'), '$.configFrom', '', '$.pools', json('[]'))`,
  `UPDATE network SET document = json_remove(
     json_set(document,
       '$.pools', json_array(json_patch('{}', json_object(
         'family', 4,
         'subnet', document ->> '$.bridge.subnet',
         'gateway', document ->> '$.bridge.gateway',
         'impliedGateway', json('false'),
         'range', document ->> '$.bridge.range',
         'configured', json('true'),
         'auxiliary', json('{}')))),
       '$.bridge.gatewayModes', json('{"ipv4":"nat","ipv6":"nat"}'),
       '$.bridge.trustedInterfaces', json('[]'),
       '$.bridge.sourceAddresses', json('{}'),
       '$.bridge.interfacePrefix', 'eth',
       '$.bridge.withoutIpv4', json('false')),
     '$.bridge.subnet', '$.bridge.gateway', '$.bridge.range')
   WHERE document -> '$.bridge' IS NOT NULL`,
];

/** The stored networks. */
export class NetworkTable {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    metadata.migrate('networks', migrations);
  }

  /** Oldest first. */
  all(): NetworkRecord[] {
    const rows = this.#metadata.all('SELECT document FROM network ORDER BY created_ns, name');
    return rows.map((row) => decode(String(row.document)));
  }

  /** Adds the record, or replaces the one with its id. */
  put(record: NetworkRecord): void {
    this.#metadata.run(
      'INSERT INTO network (id, name, created_ns, document) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET document = ?4',
      record.id,
      record.name,
      record.createdNs,
      encode(record),
    );
  }

  delete(id: string): void {
    this.#metadata.run('DELETE FROM network WHERE id = ?', id);
  }
}

function encode(record: NetworkRecord): string {
  return JSON.stringify({ ...record, createdNs: String(record.createdNs) });
}

function decode(document: string): NetworkRecord {
  const stored = JSON.parse(document) as Omit<NetworkRecord, 'createdNs'> & { createdNs: string };
  return { ...stored, bridge: stored.bridge, createdNs: BigInt(stored.createdNs) };
}
