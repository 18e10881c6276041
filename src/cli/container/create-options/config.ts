import type { ContainerConfig, HealthConfig } from '#api';
import { collectEnv, collectLabels } from '../env.ts';
import type { PortSet } from './ports.ts';
import type { CreateInput, CreateValues, Surroundings } from './types.ts';
import { splitVolumes } from './volumes.ts';

/** The part of the request that does not depend on the host. */
export function describeConfig(
  { values, given }: CreateInput,
  operands: readonly string[],
  ports: PortSet,
  around: Surroundings,
): ContainerConfig {
  const [image = '', ...words] = operands;
  const env = [
    ...collectEnv(values['env-file'], values.env, around),
    ...proxyVariables(around.proxies, values.env),
  ];
  const streams = attachedStreams(values);
  const exposed = Object.keys(ports.exposed).length > 0 ? { ExposedPorts: ports.exposed } : {};
  const health = describeHealth(values, given);
  return {
    Hostname: values.hostname,
    Domainname: values.domainname,
    User: values.user,
    ...streams,
    ...exposed,
    Tty: values.tty,
    OpenStdin: values.interactive,
    StdinOnce: values.interactive && streams.AttachStdin,
    Env: env.length === 0 ? null : env,
    Cmd: words.length === 0 ? null : words,
    ...(health === undefined ? {} : { Healthcheck: health }),
    Image: image,
    Volumes: splitVolumes(values.volume, around.directory).anonymous,
    WorkingDir: values.workdir,
    Entrypoint: given.has('entrypoint') ? [values.entrypoint] : null,
    OnBuild: null,
    Labels: collectLabels(values['label-file'], values.label, around),
    ...(values['stop-signal'] === '' ? {} : { StopSignal: values['stop-signal'] }),
    ...(given.has('stop-timeout') ? { StopTimeout: values['stop-timeout'] } : {}),
  };
}

const proxyNames: Readonly<Record<string, string>> = {
  HTTP_PROXY: 'httpProxy',
  HTTPS_PROXY: 'httpsProxy',
  NO_PROXY: 'noProxy',
  FTP_PROXY: 'ftpProxy',
  ALL_PROXY: 'allProxy',
};

/** The variables of the user's proxies, in both ways to write them, but for those that `--env` sets. */
function proxyVariables(proxies: Surroundings['proxies'], entries: readonly string[]): string[] {
  const given = new Set(entries.map((entry) => entry.split('=')[0]));
  return Object.entries(proxyNames).flatMap(([variable, name]) => {
    const value = proxies[name];
    if (!value) return [];
    return [variable, variable.toLowerCase()]
      .filter((way) => !given.has(way))
      .map((way) => `${way}=${value}`);
  });
}

/** Without `--attach` both outputs are attached, and the input when it is kept open. */
function attachedStreams({ attach, interactive }: CreateValues) {
  const none = attach.length === 0;
  return {
    AttachStdin: attach.includes('stdin') || (none && interactive),
    AttachStdout: attach.includes('stdout') || none,
    AttachStderr: attach.includes('stderr') || none,
  };
}

const healthFlags = ['cmd', 'interval', 'retries', 'start-interval', 'start-period', 'timeout'];

function describeHealth(values: CreateValues, given: ReadonlySet<string>): HealthConfig | undefined {
  const isGiven = healthFlags.some((flag) => given.has(`health-${flag}`));
  if (values['no-healthcheck']) {
    if (isGiven) throw new Error('--no-healthcheck conflicts with --health-* options');
    return { Test: ['NONE'] };
  }
  if (!isGiven) return undefined;
  for (const name of [
    'health-interval',
    'health-timeout',
    'health-retries',
    'health-start-period',
    'health-start-interval',
  ] as const) {
    if (values[name] < 0) throw new Error(`--${name} cannot be negative`);
  }
  const health = {
    ...(values['health-cmd'] === '' ? {} : { Test: ['CMD-SHELL', values['health-cmd']] }),
    ...omitZero('Interval', values['health-interval']),
    ...omitZero('Timeout', values['health-timeout']),
    ...omitZero('StartPeriod', values['health-start-period']),
    ...omitZero('StartInterval', values['health-start-interval']),
    ...omitZero('Retries', values['health-retries']),
  };
  return Object.keys(health).length === 0 ? undefined : health;
}

function omitZero<K extends string>(name: K, value: number): Partial<Record<K, number>> {
  return value === 0 ? {} : ({ [name]: value } as Record<K, number>);
}
