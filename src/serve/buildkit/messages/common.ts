import { proto } from '#grpc';

const { field, map, message, repeatedMessage, text, integer, long, bytes } = proto;

/** google.protobuf.Timestamp. */
export const timestamp = message({ seconds: field(1, long), nanos: field(2, integer) });

export function timestampOf(ns: bigint): { seconds: bigint; nanos: number } {
  return { seconds: ns / 1_000_000_000n, nanos: Number(ns % 1_000_000_000n) };
}

/** pb.Platform of BuildKit's solver. */
const platformMessage = message({
  Architecture: field(1, text),
  OS: field(2, text),
  Variant: field(3, text),
});

/** pb.SourceInfo: a file that something is told about. */
export const sourceInfo = message({ filename: field(1, text), data: field(2, bytes) });

const position = message({ line: field(1, integer) });
/** pb.Range. */
export const sourceRange = message({ start: proto.optional(1, position), end: proto.optional(2, position) });

export const empty = message({});

/** A piece of bytes, of several streams. */
export const bytesMessage = message({ data: field(1, bytes) });

const buildkitVersion = message({
  package: field(1, text),
  version: field(2, text),
  revision: field(3, text),
});

/** moby.buildkit.v1.types.WorkerRecord. */
export const workerRecord = message({
  ID: field(1, text),
  Labels: map(2, text),
  platforms: repeatedMessage(3, platformMessage),
  BuildkitVersion: proto.optional(5, buildkitVersion),
});

export const infoResponse = message({ buildkitVersion: proto.optional(1, buildkitVersion) });

/** grpc.health.v1.HealthCheckResponse; 1: it serves. */
export const healthResponse = message({ status: field(1, integer) });
