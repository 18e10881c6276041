import { hostname } from 'node:os';
import { EngineError } from '#base';
import type { ContainerRecord } from '../types.ts';

/** What Docker's daemons are called in tags. */
const daemonName = 'docker';
const shortLength = 12;

/** The fields that a tag may name. */
const fields: ReadonlyMap<string, (record: ContainerRecord) => string> = new Map([
  ['ID', ({ id }: ContainerRecord) => id.slice(0, shortLength)],
  ['FullID', ({ id }: ContainerRecord) => id],
  ['Name', ({ name }: ContainerRecord) => name],
  ['ContainerID', ({ id }: ContainerRecord) => id],
  ['ContainerName', ({ name }: ContainerRecord) => `/${name}`],
  ['ImageID', ({ image }: ContainerRecord) => image.id.slice(0, shortLength)],
  ['ImageFullID', ({ image }: ContainerRecord) => image.id],
  ['ImageName', ({ image }: ContainerRecord) => image.reference],
  ['Command', ({ argv }: ContainerRecord) => argv.join(' ')],
  ['DaemonName', () => daemonName],
  ['Hostname', () => hostname()],
]);

const functions: ReadonlyMap<string, (text: string) => string> = new Map([
  ['lower', (text: string) => text.toLowerCase()],
  ['upper', (text: string) => text.toUpperCase()],
  ['json', (text: string) => JSON.stringify(text)],
]);

/**
 * Fills in a tag like `{{.Name}}/{{lower .ImageName}}`: fields of the container and functions of one text, with pipes.
 * @throws EngineError invalid, in the words of Go's templates
 */
export function formatTag(template: string, record: ContainerRecord): string {
  let tag = '';
  let rest = template;
  for (let at = rest.indexOf('{{'); at >= 0; at = rest.indexOf('{{')) {
    const end = rest.indexOf('}}', at);
    if (end < 0) throw fault('1: unclosed action');
    tag += rest.slice(0, at) + evaluate(rest.slice(at + 2, end), record);
    rest = rest.slice(end + 2);
  }
  return tag + rest;
}

function evaluate(action: string, record: ContainerRecord): string {
  const [first = '', ...pipes] = action
    .replaceAll(/^-|-$/g, '')
    .split('|')
    .map((part) => part.trim());
  const [name, ...outer] = [...first.split(/\s+/)].reverse();
  return [...outer, ...pipes].reduce(apply, fieldOf(name ?? '', record));
}

function apply(text: string, name: string): string {
  const run = functions.get(name);
  if (run === undefined) throw fault(`1: function ${JSON.stringify(name)} not defined`);
  return run(text);
}

function fieldOf(word: string, record: ContainerRecord): string {
  const name = word.slice(1);
  const read = fields.get(name);
  if (word.startsWith('.') && read !== undefined) return read(record);
  if (!word.startsWith('.')) throw fault(`1: function ${JSON.stringify(word)} not defined`);
  throw fault(`1:2: executing "log-tag" at <${word}>: can't evaluate field ${name} in type *logger.Info`);
}

function fault(text: string): EngineError {
  return new EngineError('invalid', `template: log-tag:${text}`);
}
