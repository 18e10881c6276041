import { type MessageOf, proto } from '#grpc';
import { sourceInfo, sourceRange, timestamp, workerRecord } from './common.ts';

const { bytes, field, flag, integer, map, message, optional, repeated, repeatedMessage, text } = proto;

const cacheEntry = message({ Type: field(1, text), Attrs: map(2, text) });
const exporter = message({ Type: field(1, text), Attrs: map(2, text), ID: field(3, text) });

/** moby.buildkit.v1.SolveRequest. */
export const solveRequest = message({
  Ref: field(1, text),
  Definition: field(2, bytes),
  ExporterDeprecated: field(3, text),
  ExporterAttrsDeprecated: map(4, text),
  Session: field(5, text),
  Frontend: field(6, text),
  FrontendAttrs: map(7, text),
  Cache: optional(
    8,
    message({ Exports: repeatedMessage(4, cacheEntry), Imports: repeatedMessage(5, cacheEntry) }),
  ),
  Entitlements: repeated(9, text),
  Internal: field(11, flag),
  Exporters: repeatedMessage(13, exporter),
});
export type SolveRequest = MessageOf<typeof solveRequest>;

export const solveResponse = message({ ExporterResponse: map(1, text) });

export const statusRequest = message({ Ref: field(1, text) });

const vertex = message({
  digest: field(1, text),
  inputs: repeated(2, text),
  name: field(3, text),
  cached: field(4, flag),
  started: optional(5, timestamp),
  completed: optional(6, timestamp),
  error: field(7, text),
});

const vertexStatus = message({
  ID: field(1, text),
  vertex: field(2, text),
  name: field(3, text),
  current: field(4, integer),
  total: field(5, integer),
  timestamp: optional(6, timestamp),
  started: optional(7, timestamp),
  completed: optional(8, timestamp),
});

const vertexLog = message({
  vertex: field(1, text),
  timestamp: optional(2, timestamp),
  stream: field(3, integer),
  msg: field(4, bytes),
});

const vertexWarning = message({
  vertex: field(1, text),
  level: field(2, integer),
  short: field(3, bytes),
  detail: repeated(4, bytes),
  url: field(5, text),
  info: optional(6, sourceInfo),
  ranges: repeatedMessage(7, sourceRange),
});

/** moby.buildkit.v1.StatusResponse. */
export const statusResponse = message({
  vertexes: repeatedMessage(1, vertex),
  statuses: repeatedMessage(2, vertexStatus),
  logs: repeatedMessage(3, vertexLog),
  warnings: repeatedMessage(4, vertexWarning),
});
export type StatusResponse = MessageOf<typeof statusResponse>;

export const listWorkersRequest = message({ filter: repeated(1, text) });
export const listWorkersResponse = message({ record: repeatedMessage(1, workerRecord) });

export const usageRecord = message({
  ID: field(1, text),
  Mutable: field(2, flag),
  InUse: field(3, flag),
  Size: field(4, integer),
  CreatedAt: optional(6, timestamp),
  LastUsedAt: optional(7, timestamp),
  UsageCount: field(8, integer),
  Description: field(9, text),
  RecordType: field(10, text),
  Shared: field(11, flag),
  Parents: repeated(12, text),
});

export const diskUsageRequest = message({ filter: repeated(1, text) });
export const diskUsageResponse = message({ record: repeatedMessage(1, usageRecord) });

export const pruneRequest = message({
  filter: repeated(1, text),
  all: field(2, flag),
  keepDuration: field(3, integer),
  reservedSpace: field(4, integer),
});
