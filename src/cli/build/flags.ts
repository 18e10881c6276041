import { parseUlimit } from '../container/create-options/limits.ts';
import { bool, bytes, each, type FlagValues, int, list, strings, text } from '../flags/index.ts';

export const buildFlags = {
  'add-host': list('Add a custom host-to-IP mapping ("host:ip")'),
  'build-arg': list('Set build-time variables'),
  'cache-from': strings('Images to consider as cache sources'),
  'cgroup-parent': text('Set the parent cgroup for the "RUN" instructions during build'),
  check: bool('Look the Dockerfile over without building it'),
  'cpu-period': int('Limit the CPU CFS (Completely Fair Scheduler) period'),
  'cpu-quota': int('Limit the CPU CFS (Completely Fair Scheduler) quota'),
  'cpu-shares': int('CPU shares (relative weight)', { short: 'c' }),
  'cpuset-cpus': text('CPUs in which to allow execution (0-3, 0,1)'),
  'cpuset-mems': text('MEMs in which to allow execution (0-3, 0,1)'),
  file: text('Name of the Dockerfile (Default is "PATH/Dockerfile")', { short: 'f' }),
  'force-rm': bool('Always remove intermediate containers'),
  iidfile: text('Write the image ID to the file'),
  label: list('Set metadata for an image'),
  memory: bytes('Memory limit', { short: 'm' }),
  'memory-swap': bytes("Swap limit equal to memory plus swap: '-1' to enable unlimited swap", {
    unlimited: true,
  }),
  network: text('Set the networking mode for the RUN instructions during build', { initial: 'default' }),
  'no-cache': bool('Do not use cache when building the image'),
  platform: text('Set platform if server is multi-platform capable'),
  pull: bool('Always attempt to pull a newer version of the image'),
  quiet: bool('Suppress the build output and print image ID on success', 'q'),
  rm: bool('Remove intermediate containers after a successful build', undefined, true),
  'shm-size': bytes('Size of "/dev/shm"'),
  tag: list('Name and optionally a tag in the "name:tag" format', { short: 't' }),
  target: text('Set the target build stage to build.'),
  ulimit: each('Ulimit options', parseUlimit, { valueName: 'ulimit', defaultText: '[]' }),
};

type BuildValues = FlagValues<typeof buildFlags>;

/** The query of a build. */
export function buildQuery(values: BuildValues, environment: NodeJS.Dict<string>) {
  const { network } = values;
  return {
    version: '1',
    t: values.tag,
    buildargs: JSON.stringify(pairsOf(values['build-arg'], environment)),
    labels: JSON.stringify(pairsOf(values.label, environment)),
    cachefrom: JSON.stringify(values['cache-from']),
    extrahosts: values['add-host'],
    ulimits: values.ulimit.length === 0 ? undefined : JSON.stringify(values.ulimit),
    networkmode: network === 'default' ? undefined : network,
    nocache: values['no-cache'],
    pull: values.pull,
    q: values.quiet,
    rm: values.rm,
    forcerm: values['force-rm'],
    target: values.target || undefined,
    platform: values.platform || environment.DOCKER_DEFAULT_PLATFORM || undefined,
    cgroupparent: values['cgroup-parent'] || undefined,
    memory: values.memory || undefined,
    memswap: values['memory-swap'] || undefined,
    shmsize: values['shm-size'] || undefined,
    cpuperiod: values['cpu-period'] || undefined,
    cpuquota: values['cpu-quota'] || undefined,
    cpushares: values['cpu-shares'] || undefined,
    cpusetcpus: values['cpuset-cpus'] || undefined,
    cpusetmems: values['cpuset-mems'] || undefined,
  };
}

/** A name without a value has that of the environment, or none. */
function pairsOf(
  entries: readonly string[],
  environment: NodeJS.Dict<string>,
): Record<string, string | null> {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      return at < 0 ? [entry, environment[entry] ?? null] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}
