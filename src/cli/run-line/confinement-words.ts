import type { HostConfig } from '#api';
import { each, flag, pairs, toggle } from './flag-words.ts';
import type { Inherited, Word } from './types.ts';

/** What a container may see and do of its host. */
export function confinementWords(host: HostConfig, inherited: Inherited): Word[] {
  const usualCgroupns = inherited.cgroupVersion !== '2' || host.Privileged ? 'host' : 'private';
  return [
    ...toggle('privileged', host.Privileged),
    ...each('cap-add', host.CapAdd),
    ...each('cap-drop', host.CapDrop),
    ...each('group-add', host.GroupAdd),
    ...securityWords(host),
    ...flag('pid', host.PidMode),
    ...flag('ipc', host.IpcMode === 'private' ? '' : host.IpcMode),
    ...flag('uts', host.UTSMode),
    ...flag('userns', host.UsernsMode),
    ...flag('cgroupns', host.CgroupnsMode === usualCgroupns ? '' : host.CgroupnsMode),
    ...pairs('sysctl', host.Sysctls),
  ];
}

function securityWords({ SecurityOpt, Privileged, MaskedPaths, ReadonlyPaths }: HostConfig): Word[] {
  const isUnmasked = !Privileged && MaskedPaths?.length === 0 && ReadonlyPaths?.length === 0;
  const options = [...(SecurityOpt ?? []), ...(isUnmasked ? ['systempaths=unconfined'] : [])];
  return options.flatMap((option) => ['--security-opt', securityWord(option)]);
}

/** The flag takes a seccomp profile as a file, the engine keeps its content. */
function securityWord(option: string): Word {
  const [, profile] = /^seccomp[=:]([\s\S]*)$/.exec(option) ?? [];
  const isContent = profile?.trimStart().startsWith('{');
  return isContent && profile !== undefined ? { before: 'seccomp=', content: profile } : option;
}
