import type { Sandbox } from '#engine/networks';
import type { ContainerContext } from '../context.ts';
import { linkVariables } from '../links/link-effects.ts';
import type { SpecContext } from '../spec/build-spec.ts';
import { resolveUser } from '../spec/user.ts';
import type { ContainerRecord } from '../types.ts';
import { cgroupPathOf } from './cgroup-path.ts';
import { writeEtcFiles } from './etc-files.ts';
import { hostDevices } from './host-devices.ts';
import { joinedNamespaces } from './networking.ts';
import { readAccounts } from './root-accounts.ts';
import { seccompFor } from './seccomp.ts';

/** Finds out what the spec needs to know of this moment. */
export async function gatherSpecContext(
  context: ContainerContext,
  record: ContainerRecord,
  sandbox: Sandbox | undefined,
): Promise<SpecContext> {
  const { config, hostConfig } = record;
  const accounts = await readAccounts(context, record);
  return {
    user: resolveUser(config.User, hostConfig.GroupAdd ?? [], accounts),
    files: writeEtcFiles(context, record, sandbox),
    mounts: record.mounts,
    secrets: context.secretFiles.write(record),
    linkVariables: linkVariables(context, record),
    joined: joinedNamespaces(context, record),
    cgroupsPath: cgroupPathOf(context, record),
    devices: hostDevices,
    available: context.settings.capabilities,
    resolveSeccomp: seccompFor,
  };
}
