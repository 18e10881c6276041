/**
 * base: what every room needs and no room owns: errors, branded ids, digests, locks, the log.
 *
 * Imports nothing of ours. Holds no state but what a caller constructs (locks, logs), and lives as long as that does.
 * Its only effect is the log's line: it knows neither files nor the kernel nor any room above.
 */
export type { Brand } from './brand.ts';
export { ByteSource, type ByteStream } from './byte-source.ts';
export { collectGarbage } from './collect-garbage.ts';
export {
  type AnyDigest,
  algorithmOf,
  type ChainId,
  chainIdOf,
  type DiffId,
  type Digest,
  type DigestAlgorithm,
  digestHex,
  digestLike,
  digestOf,
  digestOfHex,
  parseAnyDigest,
  parseDigest,
  tryParseAnyDigest,
  tryParseDigest,
} from './digest.ts';
export { tryParseDuration } from './duration.ts';
export {
  EngineError,
  type EngineErrorOptions,
  type ErrorKind,
  errnoOf,
  errorKind,
  errorMessage,
  refuse,
} from './errors.ts';
export { checkFilterKeys, type Filter, filterFlag, filterPasses, labelsPass } from './filter.ts';
export { parseFilterTime } from './filter-time.ts';
export { freeBytes } from './free-bytes.ts';
export { humanDuration } from './human-duration.ts';
export { KeyedLock, SingleRun } from './lock.ts';
export {
  createLog,
  formatEntry,
  formatJsonEntry,
  type Log,
  type LogFields,
  type LogFormat,
  type LogLevel,
  silentLog,
} from './log.ts';
export { compilePruneFilter, keepLabel, type Prunable, pruneRefusal } from './prune-filter.ts';
export { remembered } from './remembered.ts';
export { parseSize } from './size.ts';
export { formatTimestamp, nowNs, parseTimestamp } from './time.ts';
export { parseTruth } from './truth.ts';
export { undefinedFor, unlessErrno } from './unless-errno.ts';
