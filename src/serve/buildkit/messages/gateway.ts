import { proto } from '#grpc';
import { platformMessage, workerRecord } from './common.ts';

const { bytes, field, flag, map, message, optional, repeatedMessage, text } = proto;

const ref = message({ id: field(1, text) });

/** moby.buildkit.v1.frontend.Result. */
export const result = message({
  ref: optional(3, ref),
  refs: optional(4, message({ refs: map(1, ref) })),
  metadata: map(10, bytes),
});

export const bridgeSolveRequest = message({
  Definition: field(1, bytes),
  Frontend: field(2, text),
  FrontendOpt: map(3, text),
  Evaluate: field(14, flag),
});

export const bridgeSolveResponse = message({ ref: field(1, text), result: optional(3, result) });

const errorDetail = message({ type: field(1, text), value: field(2, bytes) });
const rpcStatus = message({
  code: field(1, proto.integer),
  message: field(2, text),
  details: repeatedMessage(3, errorDetail),
});

export const returnRequest = message({ result: optional(1, result), error: optional(2, rpcStatus) });

const capability = message({ ID: field(1, text), Enabled: field(2, flag) });

export const pongResponse = message({
  FrontendAPICaps: repeatedMessage(1, capability),
  LLBCaps: repeatedMessage(2, capability),
  Workers: repeatedMessage(3, workerRecord),
});

export const resolveImageConfigRequest = message({
  Ref: field(1, text),
  Platform: optional(2, platformMessage),
});
export const resolveImageConfigResponse = message({
  Digest: field(1, text),
  Config: field(2, bytes),
  Ref: field(3, text),
});
