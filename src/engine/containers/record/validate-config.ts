import type { ContainerConfig, HostConfig, RestartPolicy } from '#api';
import { parseSize, refuse } from '#base';
import { validateHealthCheck } from '../health/health-check.ts';
import { validateLogConfig } from '../logs/log-config.ts';
import { isSignal } from '../signal.ts';
import { parseCapabilities } from '../spec/capabilities.ts';
import { parseSecurityOptions } from '../spec/security.ts';
import { variableName } from './merge-config.ts';
import { drainLimitMs } from './port-group.ts';

/** `runc` is what clients call the engine's own; the other is its name as a plugin of containerd. */
const runtimeNames = ['runc', 'io.containerd.runc.v2'];

/** Refuses what no container can be, in Docker's words. @throws EngineError invalid */
export function validateConfig(config: ContainerConfig, hostConfig: HostConfig): void {
  validateHealthCheck(config);
  refuse(
    config.WorkingDir !== '' && !config.WorkingDir.startsWith('/'),
    `the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`,
  );
  refuse(
    config.StopSignal !== undefined && !isSignal(config.StopSignal),
    `invalid signal: ${config.StopSignal}`,
  );
  for (const entry of config.Env ?? []) {
    refuse(variableName(entry) === '', `invalid environment variable: ${entry}`);
  }
  drainLimitMs(config);
  validateHost(hostConfig);
}

function validateHost(hostConfig: HostConfig): void {
  validateRestart(hostConfig.RestartPolicy);
  for (const field of ['CapAdd', 'CapDrop'] as const) parseCapabilities(hostConfig, field);
  validateLogConfig(hostConfig.LogConfig);
  refuse(
    !runtimeNames.includes(hostConfig.Runtime),
    `unknown or invalid runtime name: ${hostConfig.Runtime}`,
  );
  refuse(
    hostConfig.AutoRemove && hostConfig.RestartPolicy.Name !== 'no',
    "can't create 'AutoRemove' container with restart policy",
  );
  refuse(hostConfig.ShmSize < 0, 'SHM size can not be less than 0');
  const score = hostConfig.OomScoreAdj;
  refuse(score < -1000 || score > 1000, `Invalid value ${score}, range for oom score adj is [-1000, 1000]`);
  refuse(
    !['', 'private', 'host'].includes(hostConfig.CgroupnsMode),
    `invalid cgroup namespace mode: ${hostConfig.CgroupnsMode}`,
  );
  refuse(
    !['', 'default'].includes(hostConfig.Isolation),
    `invalid isolation (${hostConfig.Isolation}): linux only supports 'default'`,
  );
  refuse(
    Object.hasOwn(hostConfig.Annotations ?? {}, ''),
    'invalid Annotations: the empty string is not permitted as an annotation key',
  );
  validateStorage(hostConfig.StorageOpt ?? {});
  parseSecurityOptions(hostConfig.SecurityOpt ?? []);
  validateNamespaces(hostConfig);
}

function validateNamespaces(hostConfig: HostConfig): void {
  refuse(
    !/^(|private|none|host|shareable|container:.+)$/.test(hostConfig.IpcMode),
    `invalid IPC mode: ${hostConfig.IpcMode}`,
  );
  refuse(!/^(|host|container:.+)$/.test(hostConfig.PidMode), `invalid PID mode: ${hostConfig.PidMode}`);
  refuse(!/^(|host)$/.test(hostConfig.UTSMode), `invalid UTS mode: ${hostConfig.UTSMode}`);
  refuse(
    hostConfig.NetworkMode === 'host' &&
      Object.keys(hostConfig.Sysctls ?? {}).some((key) => key.startsWith('net.')),
    `sysctl '${Object.keys(hostConfig.Sysctls ?? {}).find((key) => key.startsWith('net.'))}' not allowed in host network namespace`,
  );
}

/** @throws EngineError invalid, in Docker's words */
export function validateRestart({ Name, MaximumRetryCount }: RestartPolicy): void {
  const known = ['no', 'always', 'unless-stopped', 'on-failure'];
  refuse(
    !known.includes(Name),
    `invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
  );
  refuse(
    MaximumRetryCount !== 0 && Name !== 'on-failure',
    `invalid restart policy: maximum retry count can only be used with 'on-failure'`,
  );
  refuse(MaximumRetryCount < 0, 'invalid restart policy: maximum retry count cannot be negative');
}

/** `size` is the most that a container may write. */
function validateStorage(options: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(options).find((option) => option !== 'size');
  refuse(unknown !== undefined, `Unknown option ${unknown}`);
  if (options.size !== undefined) parseSize(options.size, 1024);
}
