import { constants } from 'node:os';
import { posix } from 'node:path';
import { EngineError } from '#base';
import type { ImageConfig } from '#oci';
import { parseHealthcheck } from './healthcheck.ts';
import { tryParseList } from './list.ts';
import { expandWord, splitPair, splitWords, type Variables } from './words.ts';

/** One line: an instruction in capitals and all that follows it. */
export interface Change {
  readonly instruction: string;
  readonly rest: string;
  /** An earlier line has set the command, so that a new entrypoint does not drop it. */
  readonly setsCommand: boolean;
}

type Apply = (config: ImageConfig, change: Change) => ImageConfig;

/** The instructions that say how a container runs; all others make files, which a commit does not do. */
export const instructions: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ['CMD', (config, { rest }) => ({ ...config, Cmd: commandOf(config, rest) })],
  ['ENTRYPOINT', setEntrypoint],
  ['ENV', (config, change) => ({ ...config, Env: withVariables(config, pairsOf(config, change)) })],
  ['EXPOSE', expose],
  ['HEALTHCHECK', (config, { rest }) => ({ ...config, Healthcheck: parseHealthcheck(rest) })],
  ['LABEL', (config, change) => ({ ...config, Labels: withLabels(config, pairsOf(config, change)) })],
  ['ONBUILD', addTrigger],
  ['SHELL', setShell],
  ['STOPSIGNAL', setStopSignal],
  ['USER', (config, change) => ({ ...config, User: oneWord(config, change) })],
  ['VOLUME', addVolumes],
  ['WORKDIR', setWorkingDir],
]);

/** A list in JSON is run as it is, all else by the shell. */
function commandOf(config: ImageConfig, rest: string): readonly string[] {
  const list = tryParseList(rest);
  if (list !== undefined) return list;
  return rest === '' ? [] : [...(config.Shell ?? ['/bin/sh', '-c']), rest];
}

/** The command of before was meant for another program. */
function setEntrypoint({ Cmd, ...config }: ImageConfig, { rest, setsCommand }: Change): ImageConfig {
  const Entrypoint = commandOf(config, rest);
  return { ...config, Entrypoint, ...(setsCommand && Cmd !== undefined && { Cmd }) };
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** `NAME=VALUE …`, or the old `NAME VALUE` whose value is the rest of the line. */
function pairsOf(config: ImageConfig, { instruction, rest }: Change): Pairs {
  const variables = variablesOf(config);
  const words = splitWords(rest);
  const [first = ''] = words;
  if (splitPair(first) === undefined) {
    const value = rest.slice(first.length).trim();
    if (value === '') throw new EngineError('invalid', `${instruction} must have two arguments`);
    return [[expandWord(first, variables), expandWord(value, variables)]];
  }
  return words.map((word) => {
    const pair = splitPair(word);
    if (pair === undefined) {
      const text = `Syntax error - can't find = in "${word}". Must be of the form: name=value`;
      throw new EngineError('invalid', text);
    }
    const [name, value] = pair;
    return [expandWord(name, variables), expandWord(value, variables)] as const;
  });
}

function variablesOf({ Env = [] }: ImageConfig): Variables {
  return new Map(Env.map((entry) => splitAt(entry)));
}

function splitAt(entry: string): [name: string, value: string] {
  const at = entry.indexOf('=');
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}

/** A variable that is set again keeps its place. */
function withVariables({ Env = [] }: ImageConfig, pairs: Pairs): string[] {
  const entries = new Map(Env.map((entry) => [splitAt(entry)[0], entry]));
  for (const [name, value] of pairs) entries.set(name, `${name}=${value}`);
  return [...entries.values()];
}

function withLabels({ Labels }: ImageConfig, pairs: Pairs): Readonly<Record<string, string>> {
  return { ...Labels, ...Object.fromEntries(pairs) };
}

function wordsOf(config: ImageConfig, { instruction, rest }: Change): string[] {
  const variables = variablesOf(config);
  const words = (tryParseList(rest) ?? splitWords(rest)).map((word) => expandWord(word, variables));
  if (words.length > 0) return words;
  throw new EngineError('invalid', `${instruction} requires at least one argument`);
}

/** The rest of the line as one word. */
function oneWord(config: ImageConfig, { instruction, rest }: Change): string {
  const words = splitWords(rest);
  if (words.length !== 1) throw new EngineError('invalid', `${instruction} requires exactly one argument`);
  return expandWord(rest, variablesOf(config));
}

function expose(config: ImageConfig, change: Change): ImageConfig {
  const ports = wordsOf(config, change).flatMap(parsePorts);
  return { ...config, ExposedPorts: { ...config.ExposedPorts, ...emptyObjects(ports) } };
}

/** `80`, `80/udp`, `80-82/tcp`. */
function parsePorts(word: string): string[] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(word);
  const [, first = '', last = first, protocol = 'tcp'] = match ?? [];
  if (match === null || Number(last) > 65535 || Number(last) < Number(first)) {
    throw new EngineError('invalid', `Invalid containerPort: ${word}`);
  }
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => `${Number(first) + index}/${protocol.toLowerCase()}`);
}

function addVolumes(config: ImageConfig, change: Change): ImageConfig {
  const volumes = wordsOf(config, change);
  return { ...config, Volumes: { ...config.Volumes, ...emptyObjects(volumes) } };
}

function emptyObjects(keys: readonly string[]): Record<string, object> {
  return Object.fromEntries(keys.map((key) => [key, {}]));
}

function setWorkingDir(config: ImageConfig, change: Change): ImageConfig {
  return { ...config, WorkingDir: posix.resolve('/', config.WorkingDir ?? '', oneWord(config, change)) };
}

function setStopSignal(config: ImageConfig, change: Change): ImageConfig {
  const signal = oneWord(config, change);
  const name = signal.toUpperCase().replace(/^SIG/, '');
  const isKnown = /^(?:[1-9]\d?|RT(?:MIN|MAX)(?:[+-]\d+)?)$/.test(name) || `SIG${name}` in constants.signals;
  if (!isKnown) throw new EngineError('invalid', `invalid signal: ${signal}`);
  return { ...config, StopSignal: signal };
}

function setShell(config: ImageConfig, { rest }: Change): ImageConfig {
  const Shell = tryParseList(rest);
  if (Shell === undefined) {
    throw new EngineError('invalid', 'SHELL requires the arguments to be in JSON form');
  }
  return { ...config, Shell };
}

function addTrigger(config: ImageConfig, { rest }: Change): ImageConfig {
  const trigger = (splitWords(rest)[0] ?? '').toUpperCase();
  if (trigger === '') throw new EngineError('invalid', 'ONBUILD requires at least one argument');
  if (trigger === 'ONBUILD') {
    throw new EngineError('invalid', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  if (trigger === 'FROM' || trigger === 'MAINTAINER') {
    throw new EngineError('invalid', `${trigger} isn't allowed as an ONBUILD trigger`);
  }
  return { ...config, OnBuild: [...(config.OnBuild ?? []), rest] };
}
