import { EngineError } from '#base';
import {
  type Dockerfile,
  expandWord,
  findTarget,
  type Instruction,
  parseInstructions,
  type SourceRange,
  type Stage,
  withPlace,
  withSuggestion,
} from '#dockerfile';
import {
  formatPlatform,
  formatReference,
  type ImageConfig,
  type ImageConfigFile,
  type Platform,
  parsePlatform,
  parseReference,
  withDefaultTag,
} from '#oci';
import type { PlannedImage, PlannedStep, Vertex } from '../graph/types.ts';
import { isTree } from '../graph/vertex-digest.ts';
import { globalArgs, ownValue } from './arguments.ts';
import type { StepContext } from './context.ts';
import { planInstruction } from './instruction.ts';
import { finished, type StageState } from './stage-state.ts';
import type { PlanOptions, PlanSources } from './types.ts';

/**
 * What a Dockerfile asks for, as vertices: only stages that the target needs are planned, and their images resolved.
 * @throws EngineError, DockerfileError, for what can't be built
 */
export async function planBuild(
  file: Dockerfile,
  options: PlanOptions,
  sources: PlanSources,
): Promise<PlannedImage> {
  const plan = new BuildPlan(file, options, sources);
  const state = await plan.stage(targetOf(file.stages, options.target));
  const { labels } = options;
  const config =
    Object.keys(labels).length === 0
      ? state.image.config
      : { ...state.image.config, Labels: { ...state.image.config.Labels, ...labels } };
  return { ...finished({ ...state, image: { ...state.image, config } }), steps: plan.steps() };
}

function targetOf(stages: readonly Stage[], target: string): Stage {
  const found = findTarget(stages, target);
  if (found !== undefined) return found;
  const names = stages.flatMap(({ name }) => name ?? []);
  const text = `target stage ${JSON.stringify(target)} could not be found`;
  throw new EngineError('invalid', withSuggestion(text, target, names));
}

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

class BuildPlan {
  readonly #file: Dockerfile;
  readonly #options: PlanOptions;
  readonly #sources: PlanSources;
  readonly #global: ReadonlyMap<string, string>;
  readonly #planned = new Map<number, Promise<StageState>>();
  readonly #images = new Map<string, Promise<StageState>>();
  readonly #steps = new Map<number, PlannedStep[]>();
  readonly #local: Vertex = {
    op: 'local',
    name: '[internal] load build context',
    range: undefined,
    context: 'context',
  };

  constructor(file: Dockerfile, options: PlanOptions, sources: PlanSources) {
    this.#file = file;
    this.#options = options;
    this.#sources = sources;
    this.#global = globalArgs(file.globalArgs, options, file.directives.escapeToken);
  }

  /** What all planned stages do, in the order of the file. */
  steps(): PlannedStep[] {
    return this.#file.stages.flatMap(({ index }) => this.#steps.get(index) ?? []);
  }

  /** @param dependents stages that wait for this one */
  stage(stage: Stage, dependents: readonly number[] = []): Promise<StageState> {
    if (dependents.includes(stage.index)) {
      const name = stage.name ?? String(stage.index);
      return Promise.reject(new EngineError('invalid', `circular dependency detected on stage: ${name}`));
    }
    const planned = this.#planned.get(stage.index);
    if (planned !== undefined) return planned;
    const planning = this.#planStage(stage, [...dependents, stage.index]);
    this.#planned.set(stage.index, planning);
    return planning;
  }

  async #planStage(stage: Stage, dependents: readonly number[]): Promise<StageState> {
    const base = await placed(stage.from.range, () => this.#base(stage, dependents));
    const context = this.#stepContext(stage, dependents);
    const { OnBuild = [], ...config } = base.image.config;
    let state: StageState = { ...base, image: { ...base.image, config }, commandIsSet: false };
    const steps: PlannedStep[] = [{ source: stage.from.source, range: stage.from.range, vertex: base.root }];
    this.#steps.set(stage.index, steps);
    const triggers = OnBuild.flatMap((line) => parseInstructions(line)).filter(isStep);
    for (const instruction of [...triggers, ...stage.instructions]) {
      const before = state;
      state = await placed(instruction.range, () => planInstruction(before, instruction, context));
      const vertex = state.root === before.root ? undefined : state.root;
      steps.push({ source: instruction.source, range: instruction.range, vertex });
    }
    return state;
  }

  async #base(stage: Stage, dependents: readonly number[]): Promise<StageState> {
    const { from, index } = stage;
    const { escapeToken } = this.#file.directives;
    const expand = (text: string) => expandWord(text, (name) => this.#global.get(name), { escapeToken });
    const name = expand(from.base);
    if (name === '') throw new EngineError('invalid', `base name (${from.base}) should not be blank`);
    const platform =
      from.platform === undefined ? this.#options.platform : parsePlatform(expand(from.platform));
    const isReplaced = Object.hasOwn(this.#options.contexts, name);
    const earlier = this.#file.stages.slice(0, index).findLast((each) => each.name === name.toLowerCase());
    if (earlier !== undefined && !isReplaced) return await this.stage(earlier, dependents);
    const label = fromLabel(stage, this.#file.stages.length);
    return await this.#image(name, platform, label);
  }

  /** @param label what progress calls it, in front of its name */
  #image(name: string, platform: Platform, label = 'FROM'): Promise<StageState> {
    const key = `${formatPlatform(platform)} ${name}`;
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const resolving = this.#resolve(name, platform, label);
    this.#images.set(key, resolving);
    return resolving;
  }

  async #resolve(name: string, platform: Platform, label: string): Promise<StageState> {
    const state = { history: [], args: [], platform, commandIsSet: false };
    const context = ownValue(this.#options.contexts, name);
    if (context?.kind === 'vertex')
      return { ...state, ...emptyImage(platform), root: asRoot(context.vertex) };
    if (name === 'scratch') {
      return {
        ...state,
        ...emptyImage(platform),
        root: { op: 'scratch', name: 'scratch', range: undefined },
      };
    }
    if (context?.kind === 'built') {
      const layers = context.config.rootfs.diff_ids;
      const root: Vertex = { op: 'built', name: `${label} ${name}`, range: undefined, layers };
      return { ...state, ...imageState(context.config, root) };
    }
    const wanted = context?.kind === 'image' ? context.reference : name;
    const { reference, config } = await this.#sources.resolveImage(wanted, platform);
    const full = formatReference(withDefaultTag(parseReference(reference)));
    const root: Vertex = { op: 'image', name: `${label} ${full}`, range: undefined, reference, platform };
    return { ...state, ...imageState(config, root) };
  }

  #stepContext(stage: Stage, dependents: readonly number[]): StepContext {
    const { noCache } = this.#options;
    const names = stepNames(stage, this.#file.stages.length);
    const escapeToken = this.#file.directives.escapeToken;
    return {
      options: this.#options,
      escapeToken,
      global: this.#global,
      ignoreCache:
        noCache === true || (noCache !== false && stage.name !== undefined && noCache.includes(stage.name)),
      stepName: (instruction) => names.get(instruction) ?? instruction.source,
      source: (from) => this.#source(from, dependents),
      localContext: () => this.#local,
    };
  }

  async #source(from: string, dependents: readonly number[]): Promise<Vertex> {
    const named = ownValue(this.#options.contexts, from);
    if (named?.kind === 'vertex') return named.vertex;
    const stage = named === undefined ? findTarget(this.#file.stages, from) : undefined;
    if (stage !== undefined) return (await this.stage(stage, dependents)).root;
    if (/^\d+$/.test(from)) throw new EngineError('invalid', `invalid stage index ${from}`);
    const { platform } = this.#options;
    return (await this.#image(from, platform)).root;
  }
}

async function placed<T>(range: SourceRange, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw withPlace(error, range);
  }
}

/** The files of a source as a root: all of them copied into an empty one. */
function asRoot(vertex: Vertex): Vertex {
  if (!isTree(vertex)) return vertex;
  const wanted = { source: '/', destination: '/', excludes: [], parents: false, unpack: false };
  return {
    op: 'copy',
    name: `FROM ${vertex.name}`,
    range: undefined,
    root: { op: 'scratch', name: 'scratch', range: undefined },
    link: false,
    actions: [{ kind: 'copy', from: vertex, ...wanted, owner: undefined, mode: undefined }],
    ignoreCache: false,
  };
}

/** A stage that begins with an image. */
function imageState(config: ImageConfigFile, root: Vertex): Pick<StageState, 'root' | 'image' | 'history'> {
  const { rootfs: _, history, created: __, ...image } = config;
  const entries = history.map((entry) => ({
    createdBy: entry.created_by ?? '',
    comment: entry.comment ?? '',
    vertex: entry.empty_layer === true ? undefined : root,
    ...(entry.created !== undefined && { created: entry.created }),
  }));
  return { root, image: { ...image, config: withPath(image.config) }, history: entries };
}

/** Commands are found by their names also where the image says nothing of it. */
function withPath({ Env = [], ...config }: ImageConfig): ImageConfig {
  const isThere = Env.some((entry) => entry.startsWith('PATH='));
  return { ...config, Env: isThere ? Env : [...Env, defaultPath] };
}

function emptyImage({ os, architecture, variant }: Platform): Pick<StageState, 'image'> {
  const config = { Env: [defaultPath], WorkingDir: '/' };
  return { image: { os, architecture, ...(variant !== undefined && { variant }), config } };
}

function isStep(instruction: Instruction): instruction is Exclude<Instruction, { kind: 'from' }> {
  return instruction.kind !== 'from';
}

const counted: readonly Instruction['kind'][] = ['run', 'copy', 'add', 'workdir'];

/** `[stage 2/5] RUN make`: the stage's FROM is its first step. */
function stepNames(stage: Stage, stageCount: number): Map<Instruction, string> {
  const steps = stepsOf(stage);
  const place = placeIn(stage, stageCount);
  return new Map(steps.map((step, at) => [step, `${place(at + 2)} ${step.source}`]));
}

function fromLabel(stage: Stage, stageCount: number): string {
  return `${placeIn(stage, stageCount)(1)} FROM`;
}

function stepsOf({ instructions }: Stage): Stage['instructions'] {
  return instructions.filter(({ kind }) => counted.includes(kind));
}

function placeIn(stage: Stage, stageCount: number): (number: number) => string {
  const total = stepsOf(stage).length + 1;
  const name = stage.name ?? (stageCount > 1 ? `stage-${stage.index}` : '');
  const prefix = name === '' ? '' : `${name} `;
  return (number) => `[${prefix}${String(number).padStart(String(total).length)}/${total}]`;
}
