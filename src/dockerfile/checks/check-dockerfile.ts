import { EngineError } from '#base';
import type { Dockerfile } from '../types.ts';
import { splitBlanks } from '../words.ts';
import { stages } from './stages.ts';
import { steps } from './steps.ts';
import { type CheckName, type CheckScope, experimental, type Finding, summaries } from './types.ts';
import { variables } from './variables.ts';
import { wording } from './wording.ts';

/** What was found, and whether the build is to fail by it. */
export interface CheckReport {
  /** In the order of the file. */
  readonly findings: readonly Finding[];
  readonly isError: boolean;
}

/**
 * Looks for what a Dockerfile should not do, as far as its `check` directive does not say otherwise.
 * @param directive in the directive's place: `skip=A,B;error=true;experimental=C`
 * @throws EngineError invalid, for a directive that can't be read
 */
export function checkDockerfile(
  file: Dockerfile,
  scope: CheckScope,
  directive: string | undefined = file.directives.check,
): CheckReport {
  const { skips, asks, isError } = readDirective(directive ?? '');
  const isWanted = ({ check }: Finding): boolean =>
    !skips(check) && (!experimental.has(check) || asks(check));
  const inspections = [...wording, ...stages, ...steps, ...variables];
  const findings = inspections.flatMap((inspect) => [...inspect(file, scope)]).filter(isWanted);
  return { findings: findings.sort((a, b) => a.range.start - b.range.start), isError };
}

/** Where a check is explained. */
export function checkUrl(check: CheckName): string {
  const words = check.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase();
  return `https://docs.docker.com/go/dockerfile/rule/${words}/`;
}

/** The report as text: a count, then each finding with where it stands. */
export function describeFindings(name: string, { findings }: CheckReport): string {
  if (findings.length === 0) return 'Check complete, no warnings found.\n';
  const count = findings.length === 1 ? '1 warning has' : `${findings.length} warnings have`;
  const rows = findings.map(
    ({ check, text, range }) =>
      `\nWARNING: ${check} - ${checkUrl(check)}\n${summaries[check]}: ${text}\n${name}:${range.start}\n`,
  );
  return `Check complete, ${count} been found!\n${rows.join('')}`;
}

function readDirective(text: string) {
  const entries = new Map(text.split(';').flatMap((part) => (part.trim() === '' ? [] : [readEntry(part)])));
  const isError = entries.get('error') ?? 'false';
  if (isError !== 'true' && isError !== 'false') {
    throw new EngineError('invalid', `invalid value for check directive error: ${isError}`);
  }
  return {
    skips: listed(entries.get('skip')),
    asks: listed(entries.get('experimental')),
    isError: isError === 'true',
  };
}

function readEntry(part: string): [name: string, value: string] {
  const [, name = '', value = ''] = /^\s*(skip|error|experimental)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
  if (name === '') throw new EngineError('invalid', `invalid check directive: ${part.trim()}`);
  return [name, value];
}

function listed(text = ''): (name: string) => boolean {
  const names = splitBlanks(text.replaceAll(',', ' '));
  return (name) => names.includes('all') || names.includes(name);
}
