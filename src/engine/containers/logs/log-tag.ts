import { hostname } from 'node:os';
import { EngineError, formatTimestamp } from '#base';
import { compileTemplate, structName, TemplateError, type Value, type ValueMap } from '#template';
import type { ContainerRecord } from '../types.ts';
import { pickAttributes } from './pick-attributes.ts';

/** What Docker's daemons are called in tags. */
const daemonName = 'docker';
const shortLength = 12;

/**
 * Fills in a tag like `{{.Name}}/{{lower .ImageName}}`: a template of Go's over what Docker tells of a container.
 * @param logPath the log's file; empty for a log that is sent
 * @throws EngineError invalid, in the words of Go's templates
 */
export function formatTag(template: string, record: ContainerRecord, logPath = ''): string {
  try {
    return compileTemplate(template, 'log-tag').execute(logInfo(record, logPath));
  } catch (cause) {
    if (cause instanceof TemplateError) throw new EngineError('invalid', cause.message, { cause });
    throw cause;
  }
}

function logInfo(record: ContainerRecord, logPath: string): ValueMap {
  const { id, name, image, argv, config, hostConfig, createdNs } = record;
  const options = hostConfig.LogConfig.Config ?? {};
  return {
    [structName]: '*logger.Info',
    Config: options,
    ContainerID: id,
    ContainerName: `/${name}`,
    ContainerEntrypoint: argv[0] ?? '',
    ContainerArgs: argv.slice(1),
    ContainerImageID: image.id,
    ContainerImageName: image.reference,
    ContainerCreated: goTime(createdNs),
    ContainerEnv: config.Env ?? [],
    ContainerLabels: config.Labels ?? {},
    LogPath: logPath,
    DaemonName: daemonName,
    ID: id.slice(0, shortLength),
    FullID: id,
    Name: name,
    ImageID: image.id.slice(0, shortLength),
    ImageFullID: image.id,
    ImageName: image.reference,
    Command: argv.join(' '),
    Hostname: hostname(),
    // Its argument would change names: templates can only give nil.
    ExtraAttributes: (_keyMod: Value) => pickAttributes(record, options),
  };
}

/** A moment as Go prints it. */
function goTime(timeNs: bigint): string {
  return formatTimestamp(timeNs).replace('T', ' ').replace('Z', ' +0000 UTC');
}
