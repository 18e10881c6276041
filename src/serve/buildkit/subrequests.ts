import { EngineError } from '#base';
import {
  checkDockerfile,
  checkUrl,
  compileIgnore,
  DockerfileError,
  describeFindings,
  type Finding,
  findTarget,
  type OutlinedMount,
  outlineStage,
  parseDockerfile,
  type SourceRange,
  summaries,
} from '#dockerfile';
import { formatPlatform } from '#oci';
import type { DockerfileFound } from './client-files.ts';
import { type FrontendOptions, targetOf } from './options.ts';

/** What a client asks of a Dockerfile instead of building it, with how the file is called. */
export interface Question extends DockerfileFound {
  readonly name: string;
  readonly options: FrontendOptions;
}

export type Answer = Readonly<Record<string, Uint8Array>>;

const questions: Readonly<Record<string, (question: Question) => Answer>> = {
  'frontend.lint': answerLint,
  'frontend.outline': answerOutline,
  'frontend.targets': answerTargets,
  'frontend.subrequests.describe': describeQuestions,
};

/** Answers what BuildKit calls a subrequest. @throws EngineError notImplemented, DockerfileError */
export function answerQuestion(id: string, question: Question): Answer {
  const answer = questions[id];
  if (answer === undefined) throw new EngineError('notImplemented', `unsupported request ${id}`);
  return answer(question);
}

/** What checks find in a Dockerfile that is about to be built. */
export function findingsOf({ dockerfile, exclude, options }: Question) {
  const platform = formatPlatform(targetOf(options).platform);
  const scope = { ignore: compileIgnore(exclude), platform, baseOf: () => undefined };
  return checkDockerfile(parseDockerfile(dockerfile), scope, options['build-arg:BUILDKIT_DOCKERFILE_CHECK']);
}

/** A file that cannot be read is a finding too. */
function answerLint(question: Question): Answer {
  try {
    const report = findingsOf(question);
    const warnings = report.findings.map(encodeFinding);
    const json = { warnings, sources: sourcesOf(question) };
    const status = warnings.length > 0 ? 1 : 0;
    return answered(json, describeFindings(question.name, report), status);
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    const location = error.range && locationOf(error.range);
    const buildError = { message: error.message, ...(location && { location }) };
    const json = { warnings: [], sources: sourcesOf(question), buildError };
    return answered(json, `${error.message}\n`, 1);
  }
}

function encodeFinding({ check, text, range }: Finding) {
  return {
    ruleName: check,
    description: summaries[check],
    url: checkUrl(check),
    detail: text,
    location: locationOf(range),
  };
}

function answerOutline({ dockerfile, options }: Question): Answer {
  const file = parseDockerfile(dockerfile);
  const { target, buildArgs } = targetOf(options);
  const stage = findTarget(file.stages, target);
  if (stage === undefined) throw new EngineError('invalid', `target stage "${target}" could not be found`);
  const { args, secrets, ssh, caches } = outlineStage(file, stage, buildArgs);
  const json = {
    name: stage.name,
    description: stage.from.comment,
    args: args.map(({ range, ...arg }) => ({ ...arg, location: locationOf(range) })),
    secrets: secrets.map(encodeMount),
    ssh: ssh.map(encodeMount),
    cache: caches.map(({ id, range }) => ({ ID: id, location: locationOf(range) })),
    sources: [Buffer.from(dockerfile).toString('base64')],
  };
  const names = args.map(({ name, value }) => `${name}=${value ?? ''}\n`);
  return answered(json, `TARGET: ${stage.name ?? '(default)'}\n\n${names.join('')}`);
}

function encodeMount({ id, required, range }: OutlinedMount) {
  return { name: id, required, location: locationOf(range) };
}

function answerTargets({ dockerfile }: Question): Answer {
  const { stages } = parseDockerfile(dockerfile);
  const targets = stages.map(({ name, from, index }) => ({
    name,
    default: index === stages.length - 1,
    description: from.comment,
    base: from.base,
    platform: from.platform,
    location: locationOf(from.range),
  }));
  const text = targets.map((target) => `${target.name ?? ''}${target.default ? ' (default)' : ''}\n`);
  return answered({ targets, sources: [Buffer.from(dockerfile).toString('base64')] }, text.join(''));
}

function describeQuestions(): Answer {
  const names = Object.keys(questions);
  const json = names.map((name) => ({ name, version: '1.0.0', type: 'rpc' }));
  return answered(json, `${names.join('\n')}\n`);
}

function answered(json: unknown, text: string, status?: number): Answer {
  return {
    'result.json': Buffer.from(JSON.stringify(json)),
    'result.txt': Buffer.from(text),
    version: Buffer.from('1.0.0'),
    ...(status !== undefined && { 'result.statuscode': Buffer.from(String(status)) }),
  };
}

function sourcesOf({ name, dockerfile }: Question) {
  return [{ filename: name, data: Buffer.from(dockerfile).toString('base64'), language: 'Dockerfile' }];
}

function locationOf({ start, end }: SourceRange) {
  return { ranges: [{ start: { line: start }, end: { line: end } }] };
}
