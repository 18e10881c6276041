import { EngineError } from '#base';
import type { Options } from './options.ts';

/**
 * Refuses what would weaken the host, its firewall or its containers if it were left out in silence.
 * @throws EngineError invalid
 */
export function refuseUnsupported(options: Options): void {
  const refuse = (when: boolean | undefined, what: string) => {
    if (when) throw new EngineError('invalid', `${what} not supported by Wharf`);
  };
  refuse((options.authorizationPlugins ?? []).length > 0, 'authorization plugins are');
  refuse(options.usernsRemap !== undefined && options.usernsRemap !== '', 'userns-remap is');
  refuse(options.selinux, 'selinux-enabled is');
  refuse(options.rootless, 'rootless mode is');
  refuse(options.iptables === false || options.ip6tables === false, 'iptables=false is');
  refuse(options.ipForward === false, 'ip-forward=false is');
  refuseRuntime(options.defaultRuntime || 'runc');
  for (const option of options.execOptions ?? []) checkExecOption(option);
}

const ownRuntimes = ['runc', 'io.containerd.runc.v2'];

function refuseRuntime(name: string): void {
  if (ownRuntimes.includes(name)) return;
  throw new EngineError('invalid', `specified default runtime "${name}" does not exist`);
}

/** The cgroup driver of systemd gives way to plain cgroups, which need no systemd. */
function checkExecOption(option: string): void {
  const [key, value] = option.split('=');
  if (value === undefined) {
    throw new EngineError('invalid', `invalid exec-opt (${option}): must be formatted 'opt=value'`);
  }
  if (key !== 'native.cgroupdriver') throw new EngineError('invalid', `invalid option: "${option}"`);
  if (value !== 'cgroupfs' && value !== 'systemd') {
    throw new EngineError('invalid', `native.cgroupdriver option ${value} not supported`);
  }
}
