/**
 * engine/builder: Dockerfiles become images.
 *
 * A Dockerfile is planned as vertices, each a value that says all of what it does; solving looks their results up by
 * content or makes them; the last one's layers and the planned configuration are the image.
 */

export { type CachedStep, type CachePrune, idOf as stepId } from './cache/prune-cache.ts';
export type { CopyAction, LocalVertex, PlannedImage, PlannedStep, RunVertex, Vertex } from './graph/types.ts';
export { type BuilderRooms, openBuilder } from './open-builder.ts';
export { type Measure, measureOf, OwnSteps } from './own-steps.ts';
export { StepFailure, stepFailureOf, VertexFailure } from './solve/step-failure.ts';
export type { BuildEvent, BuildSources, OnBuildEvent, SourceTree, TreeVertex } from './solve/types.ts';
export type { Builder, BuildRequest, BuiltImage } from './types.ts';
