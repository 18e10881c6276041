/**
 * engine/builder: Dockerfiles become images.
 *
 * A Dockerfile is planned as vertices, each a value that says all of what it does; solving looks their results up by
 * content or makes them; the last one's layers and the planned configuration are the image.
 */

export type { CopyAction, PlannedImage, RunVertex, Vertex } from './graph/types.ts';
export { planBuild } from './plan/plan-build.ts';
export type { BaseImage, NamedContext, PlanOptions, PlanSources } from './plan/types.ts';
