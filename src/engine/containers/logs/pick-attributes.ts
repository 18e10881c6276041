import { EngineError, errorMessage } from '#base';
import { variableName } from '../record/merge-config.ts';
import type { ContainerRecord } from '../types.ts';
import type { LogDriverOptions } from './option-values.ts';

export type LogAttributes = Readonly<Record<string, string>>;

/**
 * Labels and variables of a container that the options `labels`, `env` and their `-regex` forms pick, by name.
 * @throws EngineError invalid, for a bad expression
 */
export function pickAttributes({ config }: ContainerRecord, options: LogDriverOptions): LogAttributes {
  const labels = Object.entries(config.Labels ?? {});
  const variables = (config.Env ?? []).map((entry) => [variableName(entry), textAfterName(entry)] as const);
  const picked = [
    ...labels.filter(([name]) => isPicked(name, options.labels, options['labels-regex'])),
    ...variables.filter(([name]) => isPicked(name, options.env, options['env-regex'])),
  ];
  return Object.fromEntries(picked.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isPicked(name: string, list = '', expression = ''): boolean {
  if (list.split(',').includes(name) && name !== '') return true;
  return expression !== '' && compile(expression).test(name);
}

function compile(expression: string): RegExp {
  try {
    return new RegExp(expression, 'u');
  } catch (cause) {
    throw new EngineError('invalid', `error parsing regexp: ${errorMessage(cause)}`, { cause });
  }
}

function textAfterName(entry: string): string {
  const at = entry.indexOf('=');
  return at < 0 ? '' : entry.slice(at + 1);
}
