import type { RunParts, Word } from '../run-line/index.ts';
import { flagKeys, switches } from './flag-keys.ts';
import { describeMount, describeNetwork, namedVolume } from './places.ts';
import type { Yaml, YamlMap } from './yaml.ts';

export interface Service {
  readonly name: string;
  readonly content: YamlMap;
  /** Networks and volumes that must be there. */
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  /** Flags that Compose has no word for. */
  readonly unsaid: readonly string[];
}

type Values = ReadonlyMap<string, readonly Word[]>;

/** What a Compose file has no use for: whoever brings the service up settles it. */
const settledElsewhere = ['detach', 'attach', 'rm'];

/** Compose marks what it makes, and makes the marks anew. */
const ownLabel = 'com.docker.compose.';

export function describeService({ flags, image, words }: RunParts): Service {
  const values = readFlags(flags);
  const simple = simpleKeys(values);
  const networks = networkKeys(texts(values, 'network'));
  const mounts = texts(values, 'mount').map(describeMount);
  const volumes = [...texts(values, 'volume'), ...mounts];
  const content = {
    image,
    ...commandKeys(values, words),
    ...simple,
    ...networks.keys,
    ...(volumes.length === 0 ? {} : { volumes }),
    ...specialKeys(values),
  };
  const [name = ''] = texts(values, 'name');
  return {
    name,
    content,
    networks: networks.names,
    volumes: volumes.flatMap((volume) => namedVolume(volume) ?? []),
    unsaid: [...values].flatMap(([flag, all]) => unsaidFlags(flag, all)),
  };
}

function readFlags(flags: readonly Word[]): Values {
  const values = new Map<string, Word[]>();
  for (let at = 0; at < flags.length; at++) {
    const [name = '', own] = String(flags[at]).slice('--'.length).split(/=(.*)/s);
    const value = own ?? (switches.has(name) ? 'true' : (flags[++at] ?? ''));
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

function texts(values: Values, flag: string): string[] {
  return (values.get(flag) ?? []).filter((value) => typeof value === 'string');
}

function simpleKeys(values: Values): Record<string, Yaml> {
  const keys: Record<string, Yaml> = {};
  for (const [flag, { key, kind }] of Object.entries(flagKeys)) {
    const all = texts(values, flag).filter((value) => flag !== 'label' || !value.startsWith(ownLabel));
    const [first] = all;
    if (first === undefined) continue;
    if (kind === 'list') keys[key] = all;
    else keys[key] = kind === 'true' ? true : kind === 'number' ? Number(first) : first;
  }
  return keys;
}

/** An entrypoint of the line's own drops the image's command too. */
function commandKeys(values: Values, words: readonly string[]): YamlMap {
  const [entrypoint] = texts(values, 'entrypoint');
  if (entrypoint === undefined) return words.length === 0 ? {} : { command: words };
  return { entrypoint: entrypoint === '' ? [] : [entrypoint], command: words };
}

function networkKeys(values: readonly string[]): { keys: YamlMap; names: readonly string[] } {
  const [main = 'bridge', ...others] = values;
  const isMode = /^(host|none|bridge|default|container:.*)$/.test(main);
  if (isMode && others.length === 0) return { keys: { network_mode: main }, names: [] };
  const networks = Object.fromEntries(values.map(describeNetwork));
  return { keys: { networks }, names: Object.keys(networks) };
}

/** What is put together of several flags, or said in another form. */
function specialKeys(values: Values): YamlMap {
  const [timeout] = texts(values, 'stop-timeout');
  const [init] = texts(values, 'init');
  const origins = texts(values, 'volumes-from').map((name) => `container:${name}`);
  const limits = texts(values, 'ulimit').map((limit) => {
    const [name = '', soft, hard] = limit.split(/[=:]/);
    return [name, { soft: Number(soft), hard: Number(hard) }] as const;
  });
  return {
    ...(timeout === undefined ? {} : { stop_grace_period: `${timeout}s` }),
    ...(init === undefined ? {} : { init: init === 'true' }),
    ...(origins.length === 0 ? {} : { volumes_from: origins }),
    ...(limits.length === 0 ? {} : { ulimits: Object.fromEntries(limits) }),
    ...healthKeys(values),
    ...loggingKeys(values),
  };
}

const healthFlags = ['interval', 'timeout', 'start-period', 'start-interval'] as const;

function healthKeys(values: Values): YamlMap {
  if (values.has('no-healthcheck')) return { healthcheck: { disable: true } };
  const [command] = texts(values, 'health-cmd');
  const [retries] = texts(values, 'health-retries');
  const healthcheck = {
    ...(command === undefined ? {} : { test: ['CMD-SHELL', command] }),
    ...Object.fromEntries(
      healthFlags.flatMap((flag) =>
        texts(values, `health-${flag}`).map((value) => [flag.replace('-', '_'), value]),
      ),
    ),
    ...(retries === undefined ? {} : { retries: Number(retries) }),
  };
  return Object.keys(healthcheck).length === 0 ? {} : { healthcheck };
}

function loggingKeys(values: Values): YamlMap {
  const [driver] = texts(values, 'log-driver');
  const options = Object.fromEntries(texts(values, 'log-opt').map((option) => option.split(/=(.*)/s)));
  if (driver === undefined) return {};
  return { logging: { driver, ...(Object.keys(options).length === 0 ? {} : { options }) } };
}

const special =
  /^(entrypoint|network|volume|mount|stop-timeout|init|volumes-from|ulimit|log-.*|(no-)?health.*)$/;

/** A profile that was a file is known by its content only. */
function unsaidFlags(flag: string, values: readonly Word[]): string[] {
  const isKnown = flag in flagKeys || special.test(flag) || settledElsewhere.includes(flag);
  const unknown = values.filter((value) => !isKnown || typeof value !== 'string');
  return unknown.map((value) =>
    typeof value === 'string' ? `--${flag}=${value}` : `--${flag}=${value.before}…`,
  );
}
