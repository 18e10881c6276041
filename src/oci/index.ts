/**
 * oci: what the open standards define, as types and pure functions: image documents (config, manifest, index),
 * names (references, platforms, media types), the tar form of layers, and the runtime's spec.
 *
 * Field names are the standards' own. Decoders take untrusted bytes and give values that the rest of the house
 * may trust. No state and no effects.
 */
export { type Descriptor, decodeDescriptor, decodeDescriptorBy } from './descriptor.ts';
export {
  decodeImageConfig,
  type ImageConfig,
  type ImageConfigFile,
  type ImageHealthcheck,
  type ImageHistoryEntry,
  parseImageConfig,
} from './image-config.ts';
export { type ImageIndex, type ImageManifest, parseManifest, parseManifestBy } from './manifest.ts';
export {
  isIndexType,
  isLayerType,
  isManifestType,
  layerCompression,
  manifestMediaTypes,
  mediaTypes,
} from './media-types.ts';
export {
  decodePlatform,
  formatPlatform,
  hostPlatform,
  matchesPlatform,
  type Platform,
  parsePlatform,
  selectPlatform,
} from './platform.ts';
export {
  familiarName,
  familiarReference,
  formatReference,
  fullName,
  isTag,
  parseReference,
  type Reference,
  withDefaultTag,
} from './reference.ts';
export * from './runtime.ts';
export { capabilitiesOf, capabilityMask, capabilityNames } from './runtime-capabilities.ts';
export { type KernelMountOptions, kernelMounts } from './runtime-mounts.ts';
export {
  parseLinuxResources,
  parseProcessSpec,
  parseRuntimeSpec,
  seccompDefaultFields,
  seccompRuleFields,
} from './runtime-parse.ts';
export type * from './runtime-process.ts';
export type * from './runtime-resources.ts';
export type * from './runtime-seccomp.ts';
export * as shape from './runtime-shape.ts';
export type * from './runtime-state.ts';
export { encodeTar, encodeTarEntry } from './tar/encode.ts';
export { blockBytes as tarBlockBytes, paddedLength as paddedTarLength } from './tar/fields.ts';
export { looksLikeTar } from './tar/header.ts';
export { fromByteString, plainEntry, toByteString } from './tar/plain-entry.ts';
export { TarReader } from './tar/reader.ts';
export { readTarStream, type TarMembers, type TarStreamItem } from './tar/stream.ts';
export type { TarEntry, TarExtent, TarSink, TarType, TarXattr } from './tar/types.ts';
