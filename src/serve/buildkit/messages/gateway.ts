import { proto } from '#grpc';
import { workerRecord } from './common.ts';

const { bytes, field, flag, integer, map, message, optional, repeated, repeatedMessage, text } = proto;

const input = message({ digest: field(1, text), index: field(2, integer) });
/** pb.Op of BuildKit's solver, as far as it is a source; one of nothing but an input ends a definition. */
export const operation = message({
  inputs: repeatedMessage(1, input),
  source: optional(3, message({ identifier: field(1, text), attrs: map(2, text) })),
});
const noFacts = message({ key: field(1, text), value: optional(2, message({})) });
/** pb.Definition: the operations of a graph, each encoded, and facts of each by its digest. */
export const definition = message({ def: repeated(1, bytes), metadata: repeatedMessage(2, noFacts) });

const ref = message({ id: field(1, text), def: optional(2, definition) });

/** moby.buildkit.v1.frontend.Result. */
export const result = message({
  ref: optional(3, ref),
  refs: optional(4, message({ refs: map(1, ref) })),
  metadata: map(10, bytes),
});

export const bridgeSolveRequest = message({
  Definition: optional(1, definition),
  Frontend: field(2, text),
  FrontendOpt: map(3, text),
  FrontendInputs: repeatedMessage(13, message({ key: field(1, text), value: optional(2, definition) })),
  Evaluate: field(14, flag),
});

export const bridgeSolveResponse = message({ ref: field(1, text), result: optional(3, result) });

export const evaluateRequest = message({ ref: field(1, text) });

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
