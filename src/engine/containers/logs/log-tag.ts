import { hostname } from 'node:os';
import { EngineError, formatTimestamp } from '#base';
import { compileTemplate, structName, TemplateError, type ValueMap } from '#template';
import type { ContainerRecord } from '../types.ts';

/** What Docker's daemons are called in tags. */
const daemonName = 'docker';
const shortLength = 12;

/**
 * Fills in a tag like `{{.Name}}/{{lower .ImageName}}`: a template of Go's over what Docker tells of a container.
 * @throws EngineError invalid, in the words of Go's templates
 */
export function formatTag(template: string, record: ContainerRecord): string {
  try {
    return compileTemplate(template, 'log-tag').execute(logInfo(record));
  } catch (cause) {
    if (cause instanceof TemplateError) throw new EngineError('invalid', cause.message, { cause });
    throw cause;
  }
}

function logInfo({ id, name, image, argv, config, hostConfig, createdNs }: ContainerRecord): ValueMap {
  return {
    [structName]: '*logger.Info',
    Config: hostConfig.LogConfig.Config ?? {},
    ContainerID: id,
    ContainerName: `/${name}`,
    ContainerEntrypoint: argv[0] ?? '',
    ContainerArgs: argv.slice(1),
    ContainerImageID: image.id,
    ContainerImageName: image.reference,
    ContainerCreated: goTime(createdNs),
    ContainerEnv: config.Env ?? [],
    ContainerLabels: config.Labels ?? {},
    DaemonName: daemonName,
    ID: id.slice(0, shortLength),
    FullID: id,
    Name: name,
    ImageID: image.id.slice(0, shortLength),
    ImageFullID: image.id,
    ImageName: image.reference,
    Command: argv.join(' '),
    Hostname: hostname(),
  };
}

/** A moment as Go prints it. */
function goTime(timeNs: bigint): string {
  return formatTimestamp(timeNs).replace('T', ' ').replace('Z', ' +0000 UTC');
}
