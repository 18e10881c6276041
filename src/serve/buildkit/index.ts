/**
 * serve/buildkit: BuildKit's remote calls, so that docker buildx and compose build with the engine's own builder.
 *
 * A client's connection is served as long as it lasts; its session is where the build's files, secrets and credentials
 * come from. A face: it decodes, has the builder build, and encodes what that tells.
 */
export { type BuildkitFace, type BuildkitParts, createBuildkitFace } from './face.ts';
export type { SessionFacts } from './sessions.ts';
