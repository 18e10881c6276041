import { type DiffId, EngineError } from '#base';

/** Overlayfs stacks 500 directories; a look at a container needs two of them besides its image. */
const mostLayers = 498;

/** @throws EngineError invalid, in Docker's words, for an image of more layers than can be mounted */
export function requireDepth(layers: readonly DiffId[]): void {
  if (layers.length > mostLayers) throw new EngineError('invalid', 'max depth exceeded');
}
