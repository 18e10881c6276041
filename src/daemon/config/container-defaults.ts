import { readFileSync } from 'node:fs';
import type { Ulimit } from '#api';
import { EngineError, errorMessage } from '#base';
import { isLogDriver, validateLogConfig } from '#engine/containers';
import type { Options } from './options.ts';
import type { ContainerDefaults } from './settings.ts';

/** @throws EngineError invalid, for values that no container could have */
export function resolveContainerDefaults(options: Options): ContainerDefaults {
  return {
    cgroupParent: options.cgroupParent || '/wharf',
    shmBytes: parseBytes(options.shmSize ?? '64m'),
    ...resolveLog(options.logDriver || 'json-file', options.logOptions ?? {}),
    init: options.init ?? false,
    ulimits: Object.entries(options.ulimits ?? {}).map(([name, ulimit]) => checkUlimit(name, ulimit)),
    ipcMode: parseIpcMode(options.ipcMode || 'private'),
    cgroupnsMode: parseCgroupnsMode(options.cgroupnsMode || undefined),
    stopTimeoutSeconds: options.stopTimeout ?? 10,
    execKillOnDisconnect: options.execKillOnDisconnect ?? false,
    restartUnhealthy: options.restartUnhealthy ?? false,
    securityOptions: [
      ...(options.noNewPrivileges ? ['no-new-privileges'] : []),
      ...seccompOption(options.seccompProfile || 'builtin'),
    ],
  };
}

function resolveLog(logDriver: string, logOptions: Readonly<Record<string, string>>) {
  if (!isLogDriver(logDriver)) {
    throw new EngineError('invalid', `logger: no log driver named '${logDriver}' is registered`);
  }
  try {
    validateLogConfig({ Type: logDriver, Config: logOptions });
  } catch (cause) {
    throw new EngineError('invalid', `failed to set log opts: ${errorMessage(cause)}`, { cause });
  }
  return { logDriver, logOptions };
}

const ulimitNames = [
  ...['as', 'core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue', 'nice', 'nofile'],
  ...['nproc', 'rss', 'rtprio', 'rttime', 'sigpending', 'stack'],
];

function checkUlimit(name: string, { Soft, Hard }: Ulimit): Ulimit {
  if (!ulimitNames.includes(name)) throw new EngineError('invalid', `invalid ulimit type: ${name}`);
  if (Hard !== -1 && (Soft > Hard || Soft === -1)) {
    const reason = `ulimit soft limit must be less than or equal to hard limit: ${Soft} > ${Hard}`;
    throw new EngineError('invalid', reason);
  }
  return { Name: name, Soft, Hard };
}

function parseIpcMode(mode: string): ContainerDefaults['ipcMode'] {
  if (mode === 'private' || mode === 'shareable') return mode;
  const advice = 'use "shareable" or "private"';
  const known = mode === 'host' || mode === 'none' || mode.startsWith('container:');
  throw new EngineError(
    'invalid',
    known
      ? `IPC mode "${mode}" is not supported as default value; ${advice}`
      : `default IPC mode setting (${mode}) is invalid; ${advice}`,
  );
}

function parseCgroupnsMode(mode: string | undefined): ContainerDefaults['cgroupnsMode'] {
  if (mode === undefined || mode === 'private' || mode === 'host') return mode;
  throw new EngineError('invalid', `invalid default cgroup namespace (${mode}): use "host" or "private"`);
}

function seccompOption(profile: string): readonly string[] {
  if (profile === 'builtin') return [];
  if (profile === 'unconfined') return ['seccomp=unconfined'];
  try {
    return [`seccomp=${JSON.stringify(JSON.parse(readFileSync(profile, 'utf8')))}`];
  } catch (cause) {
    const message = `opening seccomp profile (${profile}) failed: ${errorMessage(cause)}`;
    throw new EngineError('invalid', message, { cause });
  }
}

/** `64m`, `1g`, `65536`. */
export function parseBytes(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text) ?? [];
  if (number === '') throw new EngineError('invalid', `invalid size: '${text}'`);
  return Math.floor(Number(number) * 1024 ** ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase()));
}
