import type { LinuxSeccomp, ProcessSpec } from '#oci';
import { openLiveRoot } from '../archive/open-live-root.ts';
import type { ContainerContext } from '../context.ts';
import { accountsBelow } from '../lifecycle/root-accounts.ts';
import { seccompFor } from '../lifecycle/seccomp.ts';
import { capabilitySets } from '../spec/build-spec.ts';
import { resolveCapabilities } from '../spec/capabilities.ts';
import { overlayEnvironment, resolveEnvironment, withHome } from '../spec/environment.ts';
import { parseSecurityOptions } from '../spec/security.ts';
import { type ResolvedUser, resolveUser } from '../spec/user.ts';
import type { ContainerRecord, ExecConfig, TerminalSize } from '../types.ts';

export interface ExecProcess {
  readonly process: ProcessSpec;
  readonly seccomp: LinuxSeccomp | undefined;
}

/** A further process of a running container: its own words over the container's. */
export function execProcess(
  context: ContainerContext,
  record: ContainerRecord,
  exec: ExecConfig,
  size: TerminalSize | undefined,
): ExecProcess {
  const { config, hostConfig } = record;
  const security = parseSecurityOptions(hostConfig.SecurityOpt ?? []);
  const { capabilities: available } = context.settings;
  const capabilities = exec.privileged ? available : resolveCapabilities(hostConfig, available);
  const user = execUser(record, exec);
  const { rows: height = 0, columns: width = 0 } = size ?? exec.size ?? {};
  const process: ProcessSpec = {
    args: exec.argv,
    cwd: exec.workingDir || config.WorkingDir || '/',
    env: environmentOf(record, exec, user.home),
    ...(exec.terminal ? { terminal: true, consoleSize: { height, width } } : {}),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    capabilities: capabilitySets(capabilities, user.uid),
    noNewPrivileges: security.noNewPrivileges,
    oomScoreAdj: hostConfig.OomScoreAdj,
  };
  const unfiltered = security.seccomp === 'unconfined' || exec.privileged || hostConfig.Privileged;
  return { process, seccomp: unfiltered ? undefined : seccompFor(security.seccomp, capabilities) };
}

/**
 * Who the process runs as; accounts are read from the root as the container has it now.
 * @throws EngineError invalid, in Docker's words, for a name that is not there
 */
export function execUser(record: ContainerRecord, exec: ExecConfig): ResolvedUser {
  using root = openLiveRoot(record);
  const groups = exec.user ? [] : (record.hostConfig.GroupAdd ?? []);
  return resolveUser(exec.user || record.config.User, groups, accountsBelow(root));
}

function environmentOf({ config }: ContainerRecord, exec: ExecConfig, home: string): string[] {
  const own = resolveEnvironment({ ...config, Tty: exec.terminal }, '').filter((entry) => entry !== 'HOME=');
  return withHome(overlayEnvironment(own, exec.env), home);
}
