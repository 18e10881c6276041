import type { ContainerUpdateRequest } from '#api';
import { each, type FlagValues, list, text } from '../flags/index.ts';
import { splitWords } from '../split-words.ts';
import { checkEnv, checkLabel } from './create-options/checks.ts';
import type { Surroundings } from './create-options/index.ts';
import { mountFrom, parseMount } from './create-options/mount.ts';
import { parsePorts } from './create-options/ports.ts';
import { collectEnv, pairsToMap } from './env.ts';

/** Flags of `update` that the stock client does not have. */
export const editFlags = {
  command: text('Command of the next start', { isOwn: true }),
  entrypoint: text('Entrypoint of the next start', { isOwn: true }),
  'env-add': list('Set a variable from the next start on', { check: checkEnv, isOwn: true }),
  'env-rm': list('Remove a variable from the next start on', { isOwn: true }),
  'label-add': list('Set a label', { check: checkLabel, isOwn: true }),
  'label-rm': list('Remove a label', { isOwn: true }),
  'mount-add': each('Mount a filesystem at once', parseMount, { valueName: 'mount', isOwn: true }),
  'mount-rm': list('Unmount a path of the container at once', { isOwn: true }),
  'publish-add': list("Publish a container's port at once", { isOwn: true }),
  'publish-rm': list("Stop publishing a container's port at once", { isOwn: true }),
};

type Edits = Pick<
  ContainerUpdateRequest,
  'Labels' | 'Env' | 'Cmd' | 'Entrypoint' | 'PortsAdd' | 'PortsRemove' | 'MountsAdd' | 'MountsRemove'
>;

/** What the flags ask for; a field without its flags is left out. */
export function describeEdits(
  values: FlagValues<typeof editFlags>,
  given: ReadonlySet<string>,
  around: Surroundings,
): Edits {
  const has = (...flags: string[]) => flags.some((flag) => given.has(flag));
  const added = pairsToMap(values['label-add']);
  const removed = Object.fromEntries(values['label-rm'].map((name) => [name, null]));
  return {
    ...(has('label-add', 'label-rm') && { Labels: { ...removed, ...added } }),
    ...(has('env-add', 'env-rm') && { Env: describeEnv(values, around) }),
    ...(has('command') && { Cmd: splitWords(values.command) }),
    ...(has('entrypoint') && { Entrypoint: splitWords(values.entrypoint) }),
    ...(has('publish-add') && { PortsAdd: parsePorts(values['publish-add'], []).bindings }),
    ...(has('publish-rm') && { PortsRemove: values['publish-rm'] }),
    ...(has('mount-add') && {
      MountsAdd: values['mount-add'].map((mount) => mountFrom(around.directory, mount)),
    }),
    ...(has('mount-rm') && { MountsRemove: values['mount-rm'] }),
  };
}

function describeEnv(values: FlagValues<typeof editFlags>, around: Surroundings): string[] {
  const names = values['env-rm'].map((name) => {
    if (name.includes('=')) throw new Error(`--env-rm takes a name, not ${JSON.stringify(name)}`);
    return name;
  });
  return [...names, ...collectEnv([], values['env-add'], around)];
}
