import type { ContainerConfig, ContainerUpdateRequest } from '#api';
import { EngineError } from '#base';
import { variableName } from '../record/merge-config.ts';
import type { ContainerRecord, PendingEdit } from '../types.ts';

type ConfigEdit = Pick<ContainerUpdateRequest, 'Labels' | 'Env' | 'Cmd' | 'Entrypoint'>;

/** The labels with some set and, where the edit says null, some removed. */
export function editLabels(
  labels: ContainerConfig['Labels'],
  edit: ContainerUpdateRequest['Labels'],
): ContainerConfig['Labels'] {
  if (!edit) return labels;
  const edited = Object.entries({ ...labels, ...edit });
  return Object.fromEntries(edited.filter((entry): entry is [string, string] => entry[1] !== null));
}

/**
 * What the process of the next start is to be, with what earlier edits left pending; undefined when nothing changes.
 * @throws EngineError invalid, for a variable without a name and a container without a command
 */
export function editProcess(record: ContainerRecord, edit: ConfigEdit): PendingEdit | undefined {
  const { Env, Cmd, Entrypoint } = edit;
  if (!Env && !Cmd && !Entrypoint) return record.pending;
  const { config, pending } = record;
  const next: PendingEdit = {
    Env: editEnvironment(pending?.Env ?? config.Env ?? [], Env ?? []),
    Cmd: Cmd ?? pending?.Cmd ?? config.Cmd ?? [],
    Entrypoint: Entrypoint ?? pending?.Entrypoint ?? config.Entrypoint ?? [],
  };
  if (next.Entrypoint.length + next.Cmd.length === 0)
    throw new EngineError('invalid', 'no command specified');
  return next;
}

/** What a start makes of the edits of the run before. */
export function settleEdits(record: ContainerRecord): Partial<ContainerRecord> {
  return { ...withoutPending(record), ...(record.edit && { edit: undefined }) };
}

/** The record of a container whose process is as its edits want it. */
export function withoutPending(record: ContainerRecord): Partial<ContainerRecord> {
  const { config, pending } = record;
  if (pending === undefined) return {};
  return {
    config: { ...config, ...pending },
    argv: [...pending.Entrypoint, ...pending.Cmd],
    pending: undefined,
  };
}

/** `NAME=value` sets a variable in its place or at the end, `NAME` removes it. */
function editEnvironment(env: readonly string[], edits: readonly string[]): string[] {
  const variables = new Map(env.map((entry) => [variableName(entry), entry]));
  for (const edit of edits) {
    const name = variableName(edit);
    if (name === '') throw new EngineError('invalid', `invalid environment variable: ${edit}`);
    if (edit.includes('=')) variables.set(name, edit);
    else variables.delete(name);
  }
  return [...variables.values()];
}
