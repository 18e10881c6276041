import type { Lookup } from '#dockerfile';
import type { ImageConfig, ImageConfigFile, Platform } from '#oci';
import type { PlannedHistory, PlannedImage, Vertex } from '../graph/types.ts';
import type { DeclaredArg } from './arguments.ts';

/** A stage as far as its instructions have been planned; each instruction makes the next one of it. */
export interface StageState {
  readonly root: Vertex;
  readonly image: Omit<ImageConfigFile, 'rootfs' | 'history' | 'created'>;
  readonly history: readonly PlannedHistory[];
  readonly args: readonly DeclaredArg[];
  readonly platform: Platform;
  /** CMD was set in this stage: a new ENTRYPOINT does not drop it. */
  readonly commandIsSet: boolean;
}

export const historyComment = 'buildkit.dockerfile.v0';

/** A variable's value: ENV comes over ARG, the later ARG over the earlier. */
export function lookupIn({ image, args }: StageState): Lookup {
  const values = new Map<string, string>();
  for (const { name, value } of args) if (value !== undefined) values.set(name, value);
  for (const entry of image.config.Env ?? []) {
    const at = entry.indexOf('=');
    values.set(at < 0 ? entry : entry.slice(0, at), at < 0 ? '' : entry.slice(at + 1));
  }
  return (name) => values.get(name);
}

export function withConfig(state: StageState, config: ImageConfig): StageState {
  return { ...state, image: { ...state.image, config } };
}

/** Notes what an instruction did; with a vertex, it made a layer. */
export function noted(state: StageState, createdBy: string, vertex?: Vertex): StageState {
  const entry = { createdBy, comment: historyComment, vertex };
  return { ...state, ...(vertex && { root: vertex }), history: [...state.history, entry] };
}

/** What is left when the last instruction is planned. */
export function finished({ root, image, history }: StageState): Omit<PlannedImage, 'steps'> {
  return { root, image, history };
}
