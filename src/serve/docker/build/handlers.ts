import { readFlag } from '#api';
import { EngineError, errorMessage } from '#base';
import { type Builder, type BuildRequest, type SourceTree, stepFailureOf } from '#engine/builder';
import { familiarReference, parseReference, withDefaultTag } from '#oci';
import { sendProgress } from '../answers.ts';
import type { Call, DockerApiParts, Handlers } from '../types.ts';
import { readDockerfile } from './dockerfile.ts';
import { buildOptions, credentials, sourceDate, stepLimits } from './query.ts';
import { BuildReport } from './report.ts';

/** The build of clients without sessions: the context is the request's body, the answer is text. */
export function buildHandlers({ builder }: Pick<DockerApiParts, 'builder'>): Handlers<'build'> {
  return {
    async build(call) {
      refuseSession(call);
      await sendProgress(call, async (tell) => {
        await using context = await openContext(builder, call);
        try {
          await build(builder, { call, context, tell });
        } catch (error) {
          // Before the first step it is an answer with a status of its own.
          if (!call.response.started) throw error;
          tellFailure(error, tell);
        }
      });
    },
  };
}

/** The body, or what `remote` leads to; `client-session` is what BuildKit's clients say of theirs. */
function openContext(builder: Builder, { request, signal }: Call): Promise<SourceTree> {
  const remote = request.query.get('remote') ?? '';
  return remote === '' || remote === 'client-session'
    ? builder.openContext(request.body, signal)
    : builder.openRemoteContext(remote, signal);
}

function refuseSession({ request: { query } }: Call): void {
  if (query.get('version') !== '2') return;
  throw new EngineError('notImplemented', 'builds with a BuildKit session are not supported');
}

interface Build {
  readonly call: Call;
  readonly context: SourceTree;
  readonly tell: (line: unknown) => void;
}

async function build(builder: Builder, { call, context, tell }: Build): Promise<void> {
  const { query, headers } = call.request;
  const isQuiet = readFlag(query, 'q');
  const unsaid: string[] = [];
  const report = new BuildReport((text) => (isQuiet ? unsaid.push(text) : tell({ stream: text })));
  const names = query.getAll('t').filter((name) => name !== '');
  const tagged = names.map(taggedName);
  const authOf = credentials(headers.get('x-registry-config'));
  const options = buildOptions(query);
  const request: BuildRequest = {
    dockerfile: readDockerfile(context.path, query.get('dockerfile') || 'Dockerfile'),
    options,
    pull: readFlag(query, 'pull'),
    authOf: async (reference) => authOf(reference),
    sources: { tree: async () => shared(context), secret: async () => undefined },
    hostConfig: stepLimits(query),
    epochSeconds: sourceDate(options.buildArgs),
    onEvent: (event) => report.onEvent(event),
    onPlanned: (steps, digestOf) => report.begin(steps, digestOf),
  };
  await using image = await builder.build(request, call.signal).catch((error: unknown) => {
    // Who wanted to see nothing sees it all when it has failed.
    if (unsaid.length > 0) tell({ stream: unsaid.join('') });
    throw error;
  });
  const id = await builder.keep(image, names);
  if (isQuiet) {
    tell({ stream: `${id}\n` });
    return;
  }
  tell({ aux: { ID: id } });
  tell({ stream: `Successfully built ${id.slice('sha256:'.length, 19)}\n` });
  for (const name of tagged) tell({ stream: `Successfully tagged ${name}\n` });
}

/** The build may let go of it as it likes: who opened it closes it. */
function shared({ path, identity }: SourceTree): SourceTree {
  return { path, ...(identity !== undefined && { identity }), async [Symbol.asyncDispose]() {} };
}

/** The end of the answer: a command's own code is the client's exit code, every other failure is 1. */
function tellFailure(error: unknown, tell: Build['tell']): void {
  const failure = stepFailureOf(error);
  if (failure === undefined) {
    const message = errorMessage(error);
    tell({ errorDetail: { message }, error: message });
    return;
  }
  const { args, exitCode: code } = failure;
  const message = `The command '${args.join(' ')}' returned a non-zero code: ${code}`;
  tell({ errorDetail: { code, message }, error: message });
}

function taggedName(name: string): string {
  return familiarReference(withDefaultTag(parseReference(name)));
}
