import { type Digest, EngineError } from '#base';
import { parseDockerfile } from '#dockerfile';
import {
  type BuildEvent,
  type Builder,
  type BuildRequest,
  type BuiltImage,
  measureOf,
  OwnSteps,
  type PlannedStep,
  type Vertex,
} from '#engine/builder';
import { ClientFiles, definitionStep } from './client-files.ts';
import type { ContextFolders } from './context-folders.ts';
import { inFile } from './failure.ts';
import type { Job } from './jobs.ts';
import { type BuiltContexts, buildOptions, type FrontendOptions, stepLimits } from './options.ts';
import { credentialsOf, forwardsAgents, secretOf } from './session-calls.ts';
import type { ClientSession } from './sessions.ts';
import { type Answer, answerQuestion, findingsOf, type Question } from './subrequests.ts';

export interface FrontendParts {
  readonly builder: Builder;
  readonly folders: ContextFolders;
}

/** A build as its client asks for it. */
export interface FrontendWish {
  readonly job: Job;
  readonly session: ClientSession;
  readonly options: FrontendOptions;
  /** What other builds have made. */
  readonly built: BuiltContexts;
}

/** An image, or what a client has asked of its Dockerfile instead. */
export type FrontendResult =
  | { readonly kind: 'image'; readonly image: BuiltImage }
  | { readonly kind: 'answer'; readonly answer: Answer };

/** Builds by a Dockerfile that a client has, from the files of its session, or answers a question about it. */
export async function solveDockerfile(
  { builder, folders }: FrontendParts,
  { job, session, options, built }: FrontendWish,
): Promise<FrontendResult> {
  const { signal } = job;
  const files = new ClientFiles(session, folders, signal);
  const name = options.filename || 'Dockerfile';
  const onEvent = (event: BuildEvent) => job.tell(event);
  const steps = new OwnSteps(onEvent);
  const found = await files.dockerfile(name, steps);
  const { dockerfile, exclude } = found;
  const question = { ...found, name, options };
  if (options.requestid) return { kind: 'answer', answer: answerQuestion(options.requestid, question) };
  const planned = Promise.withResolvers<(vertex: Vertex) => Digest>();
  const request: BuildRequest = {
    dockerfile,
    options: buildOptions(options, job.request.Entitlements, built),
    pull: options['image-resolve-mode'] === 'pull',
    authOf: (reference) => credentialsOf(session, reference, signal),
    sources: {
      tree: async (vertex) => {
        const digestOf = await planned.promise;
        return await files.tree(vertex, exclude, measureOf(digestOf(vertex), onEvent));
      },
      secret: (id) => secretOf(session, id, signal),
    },
    hostConfig: stepLimits(options),
    epochSeconds: epochOf(options),
    onEvent,
    onPlanned: (planSteps, digestOf) => {
      if (forwardsAgents(session)) refuseAgents(planSteps);
      planned.resolve(digestOf);
    },
  };
  try {
    checkSyntax(options, dockerfile);
    warn(question, job, steps.digestOf(definitionStep(name)));
    return { kind: 'image', image: await builder.build(request, signal) };
  } catch (error) {
    throw error instanceof EngineError ? inFile(error, { name, text: dockerfile }) : error;
  }
}

/** @throws EngineError notImplemented, for a Dockerfile that is to be read by another program */
function checkSyntax(options: FrontendOptions, dockerfile: string): void {
  const wanted = options.source || parseDockerfile(dockerfile).directives.syntax;
  if (wanted === undefined || /^(docker\.io\/)?docker\/dockerfile(-upstream)?([:@]|$)/.test(wanted)) return;
  throw new EngineError('notImplemented', `frontend image ${wanted} is not supported`);
}

/** @throws EngineError notImplemented, when a command wants an agent */
function refuseAgents(steps: readonly PlannedStep[]): void {
  const runs = steps.flatMap(({ vertex }) => (vertex?.op === 'run' ? vertex : []));
  if (!runs.some(({ mounts }) => mounts.some(({ type }) => type === 'ssh'))) return;
  throw new EngineError('notImplemented', 'agents are not forwarded to ssh mounts');
}

/** Tells what the checks find. @throws EngineError invalid, when the Dockerfile says that this is to end the build */
function warn(question: Question, job: Job, vertex: Digest): void {
  const { findings, isError } = findingsOf(question);
  const file = { name: question.name, text: question.dockerfile };
  for (const finding of findings) job.tell({ kind: 'warning', vertex, finding, file });
  if (!isError || findings.length === 0) return;
  const rules = [...new Set(findings.map(({ check }) => check))];
  throw new EngineError('invalid', `lint violation found for rules: ${rules.join(', ')}`);
}

function epochOf(options: FrontendOptions): number | undefined {
  const text = options['build-arg:SOURCE_DATE_EPOCH'] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
