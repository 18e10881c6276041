import type { ContainerUpdateRequest, HostConfig } from '#api';
import { EngineError } from '#base';
import { drainLimitMs, portGroup } from '../record/port-group.ts';
import { validateRestart } from '../record/validate-config.ts';
import { validateResourceChange } from '../record/validate-resources.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { editLabels, editProcess, withoutPending } from './edit-config.ts';
import { type MountPlan, planMountEdit } from './edit-mounts.ts';
import { type PortPlan, planPorts } from './edit-ports.ts';
import { mergeResources } from './merge-resources.ts';
import { regroupPorts } from './regroup-ports.ts';

/** What an update makes of a container. */
export interface UpdatePlan {
  /** The record afterwards, but for its sandbox. */
  readonly record: ContainerRecord;
  readonly ports: PortPlan;
  readonly mounts: MountPlan;
}

/** The fields that updates change; others of a record change meanwhile. */
export function editable(record: ContainerRecord): Partial<ContainerRecord> {
  const { config, argv, hostConfig, mounts, sandbox, pending } = record;
  return { config, argv, hostConfig, mounts, sandbox, pending };
}

/** Refuses what no update can ask for, in Docker's words. @throws EngineError invalid */
export function validateUpdate(request: ContainerUpdateRequest, cpuCount: number): void {
  validateResourceChange(request, cpuCount);
  if (request.RestartPolicy.Name !== '') validateRestart(request.RestartPolicy);
}

/**
 * Decides an update.
 * @param ofImage ports that the container's image exposes
 * @throws EngineError conflict, invalid
 */
export function planUpdate(
  record: ContainerRecord,
  request: ContainerUpdateRequest,
  ofImage: readonly string[],
): UpdatePlan {
  refuseRestartPolicy(record, request);
  const { PortsAdd, PortsRemove } = request;
  const Labels = editLabels(record.config.Labels, request.Labels);
  drainLimitMs({ Labels });
  const group = portGroup({ Labels });
  const edit = { add: PortsAdd ?? {}, remove: PortsRemove ?? [], ofImage, group };
  const ports = regroupPorts(record, planPorts(record, edit), group);
  const mounts = planMountEdit(record, request.MountsAdd ?? [], request.MountsRemove ?? []);
  const edited: ContainerRecord = {
    ...record,
    config: {
      ...record.config,
      Labels,
      ...(record.config.ExposedPorts || PortsAdd ? { ExposedPorts: asKeys(ports.exposed) } : {}),
    },
    hostConfig: {
      ...mergeResources(record.hostConfig, request),
      ...restartPolicy(request),
      ...portFields(ports, request),
      ...mountFields(mounts, request),
    },
    mounts: mounts.mounts,
    pending: editProcess(record, request),
  };
  // A container that does not run has its next start before it.
  return { record: { ...edited, ...(isLive(record.state) ? {} : withoutPending(edited)) }, ports, mounts };
}

function refuseRestartPolicy(
  { hostConfig }: ContainerRecord,
  { RestartPolicy }: ContainerUpdateRequest,
): void {
  if (!hostConfig.AutoRemove || RestartPolicy.Name === '' || RestartPolicy.Name === 'no') return;
  const reason = 'Restart policy cannot be updated because AutoRemove is enabled for the container';
  throw new EngineError('conflict', reason);
}

function restartPolicy({ RestartPolicy }: ContainerUpdateRequest): Partial<HostConfig> {
  return RestartPolicy.Name === '' ? {} : { RestartPolicy };
}

function portFields(ports: PortPlan, { PortsAdd, PortsRemove }: ContainerUpdateRequest): Partial<HostConfig> {
  if (!PortsAdd && !PortsRemove) return {};
  return { PortBindings: ports.bindings, PublishAllPorts: false };
}

function mountFields(mounts: MountPlan, request: ContainerUpdateRequest): Partial<HostConfig> {
  return request.MountsAdd || request.MountsRemove ? mounts.hostConfig : {};
}

function asKeys(ports: readonly string[]): Record<string, Record<string, never>> {
  return Object.fromEntries(ports.map((port) => [port, {}]));
}
