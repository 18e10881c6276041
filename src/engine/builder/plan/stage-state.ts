import type { Lookup } from '#dockerfile';
import type { ImageConfig, ImageConfigFile, Platform } from '#oci';
import type { PlannedHistory, PlannedImage, Vertex } from '../graph/types.ts';
import type { DeclaredArg } from './arguments.ts';

/** A stage as far as its instructions have been planned; each instruction makes the next one of it. */
export interface StageState {
  readonly root: Vertex;
  readonly image: Omit<ImageConfigFile, 'rootfs' | 'history' | 'created'>;
  readonly history: readonly PlannedHistory[];
  /** Those that an ENV has overridden since have no value. */
  readonly args: readonly DeclaredArg[];
  readonly platform: Platform;
  /** CMD was set in this stage: a new ENTRYPOINT does not drop it. */
  readonly commandIsSet: boolean;
}

const historyComment = 'buildkit.dockerfile.v0';

/** The variables of a stage: the last of the ENVs and ARGs of a name counts. */
export function variablesIn({ image, args }: StageState): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const entry of image.config.Env ?? []) {
    const at = entry.indexOf('=');
    values.set(at < 0 ? entry : entry.slice(0, at), at < 0 ? '' : entry.slice(at + 1));
  }
  for (const { name, value } of args) if (value !== undefined) values.set(name, value);
  return values;
}

export function lookupIn(state: StageState): Lookup {
  const values = variablesIn(state);
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
