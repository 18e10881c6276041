import { join, resolve } from 'node:path/posix';
import { EngineError } from '#base';
import type { ProcessSpec, RuntimeSpec } from '#oci';
import type { LaunchNetwork, LaunchOptions } from '../launch.ts';
import { type LaunchPlan, NO_PID_OFFSET, type OpIn, type OpOf } from '../plan/plan.ts';
import { compileCgroup, compileCgroupMount, enterCgroup } from './cgroup.ts';
import { compileDevices } from './devices.ts';
import { compileHeldSockets, compileListens } from './listens.ts';
import type { Propagation } from './mount-options.ts';
import { compileMount, compileRootMount, makeDirectory } from './mounts.ts';
import { compileNamespaces, compileRootPropagation } from './namespaces.ts';
import { compileProcess } from './process.ts';
import { compileSysctls } from './sysctls.ts';

type InitOp = OpIn<'init'>;

/**
 * The launch plan of a container: what its shim does on the host and what its init does to become the user's
 * process. Pure; the same spec and options give the same plan.
 * @throws EngineError invalid, internal or notImplemented, for a spec that cannot be run here
 */
export function compile(spec: RuntimeSpec, launch: LaunchOptions): LaunchPlan {
  const { process, linux = {} } = spec;
  if (process === undefined) throw new EngineError('invalid', 'process property must not be empty');
  const namespaces = compileNamespaces(linux.namespaces ?? []);
  return {
    cloneFlags: namespaces.cloneFlags,
    before: [...compileRootDirectory(spec, launch), ...namespaces.before, ...compileBefore(spec, launch)],
    after: compileAfter(launch),
    init: [
      ...namespaces.joins,
      ...compileRoot(spec, launch),
      ...compileNames(spec),
      // From here on init needs its end of the network.
      { op: 'wait' },
      ...namespaces.newCgroup,
      ...compileInside(spec, launch.network),
      ...compileSeal(spec),
      { op: 'pivotRoot' },
      ...compileProcess(process, {
        sessionName: launch.sessionName ?? '',
        ...(linux.seccomp && { seccomp: linux.seccomp }),
        inheritedFds: launch.inheritedFds ?? 0,
        init: launch.init ?? false,
      }),
    ],
  };
}

/** The place where the root is to be mounted; nobody else needs it. */
function compileRootDirectory(spec: RuntimeSpec, launch: LaunchOptions): readonly OpOf<'hostMkdir'>[] {
  if (launch.rootMounts === undefined) return [];
  return [{ op: 'hostMkdir', path: rootPath(spec, launch), mode: 0o700 }];
}

function compileBefore(spec: RuntimeSpec, { cgroup, network }: LaunchOptions): readonly OpIn<'before'>[] {
  return [
    ...(cgroup === undefined ? [] : compileCgroup(cgroup, spec.linux?.resources)),
    ...enterCgroup(cgroup),
    ...(network === undefined ? [] : compileListens(network.listens)),
  ];
}

function compileAfter({ network }: LaunchOptions): readonly OpIn<'after'>[] {
  return [
    ...compileHeldSockets(network?.heldSockets ?? []),
    ...(network?.hostMessages ?? []).map(
      ({ message, pidOffset = NO_PID_OFFSET }): OpOf<'hostNetlink'> => ({
        op: 'hostNetlink',
        protocol: netlinkRoute,
        message,
        pidOffset,
      }),
    ),
  ];
}

const netlinkRoute = 0;
const netlinkNetfilter = 12;

function rootPath({ root }: RuntimeSpec, { bundle }: LaunchOptions): string {
  return resolve(bundle, root?.path ?? 'rootfs');
}

/** The root, everything that is mounted in it and the directory that the process starts in. */
function compileRoot(spec: RuntimeSpec, launch: LaunchOptions): readonly InitOp[] {
  const path = rootPath(spec, launch);
  const { rootMounts = [{ type: 'bind', source: path, options: ['rbind'] }] } = launch;
  const propagation = compileRootPropagation(spec);
  return [
    { op: 'propagate', target: '/', recursive: 1, propagation: propagation.type },
    ...rootMounts.map((mount) => compileRootMount(mount, path)),
    { op: 'root', path },
    ...compileMounts(spec, launch, propagation),
    ...compileDevices(spec),
    ...compileTerminal(spec.process),
    makeDirectory(spec.process?.cwd ?? '/'),
  ];
}

function compileMounts(
  spec: RuntimeSpec,
  { bundle, cgroup, readyMounts }: LaunchOptions,
  propagation: Propagation,
): readonly InitOp[] {
  const ownCgroups = (spec.linux?.namespaces ?? []).some(({ type, path }) => type === 'cgroup' && !path);
  return (spec.mounts ?? []).flatMap((mount): readonly InitOp[] => {
    const ready = readyMounts?.get(mount.destination);
    if (ready !== undefined) return [{ op: 'place', source: ready, target: join('/', mount.destination) }];
    if (mount.type !== 'cgroup' && mount.type !== 'cgroup2')
      return compileMount(mount, { bundle, propagation });
    return cgroup === undefined ? [] : compileCgroupMount(mount, cgroup, ownCgroups);
  });
}

function compileTerminal(process: ProcessSpec | undefined): readonly InitOp[] {
  if (!process?.terminal) return [];
  const { height = 0, width = 0 } = process.consoleSize ?? {};
  return [
    { op: 'createFile', target: '/dev/console', mode: 0o620 },
    { op: 'terminal', rows: height, columns: width, console: 1 },
  ];
}

function compileNames({ hostname, domainname }: RuntimeSpec): readonly InitOp[] {
  return [
    ...(hostname ? [{ op: 'hostname', name: hostname } as const] : []),
    ...(domainname ? [{ op: 'domainname', name: domainname } as const] : []),
  ];
}

/** Addresses first: some sysctls name an interface. */
function compileInside(spec: RuntimeSpec, network: LaunchNetwork | undefined): readonly InitOp[] {
  return [
    ...(network?.insideMessages ?? []).map(
      (message): OpOf<'netlink'> => ({ op: 'netlink', protocol: netlinkRoute, message }),
    ),
    ...(network?.insideRules === undefined
      ? []
      : [{ op: 'netlink', protocol: netlinkNetfilter, message: network.insideRules } as const]),
    ...compileSysctls({ ...network?.sysctls, ...spec.linux?.sysctl }, spec.linux?.namespaces ?? []),
  ];
}

/** After the last write through /proc, close what the container must not see or change. */
function compileSeal({ root, linux = {} }: RuntimeSpec): readonly InitOp[] {
  const readOnly = 1n;
  return [
    ...(linux.maskedPaths ?? []).map((target): OpOf<'mask'> => ({ op: 'mask', target })),
    ...(linux.readonlyPaths ?? []).map((target): OpOf<'readonlyPath'> => ({ op: 'readonlyPath', target })),
    ...(root?.readonly
      ? [{ op: 'setattr', target: '/', recursive: 0, set: readOnly, clear: 0n } as const]
      : []),
  ];
}
