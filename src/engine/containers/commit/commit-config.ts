import type { ContainerConfig } from '#api';
import { applyChanges } from '#engine/images';
import type { ImageConfig, ImageHealthcheck } from '#oci';
import { mergeConfig } from '../record/merge-config.ts';

/**
 * The configuration of an image that is made of a container: the given one, or the container's, with the changes
 * applied, and what that leaves empty from the container.
 * @throws EngineError invalid, for a change that is none
 */
export function commitConfig(
  container: ContainerConfig,
  given: ContainerConfig | undefined,
  changes: readonly string[],
): ImageConfig {
  const changed = applyChanges(imageConfigOf(given ?? container), changes);
  return imageConfigOf(
    mergeConfig({ ...(given ?? container), ...asContainer(changed) }, imageConfigOf(container)),
  );
}

/** What of a container's configuration an image keeps; empty fields are left out. */
function imageConfigOf(config: ContainerConfig): ImageConfig {
  const { StopTimeout } = config;
  return {
    ...present('User', config.User),
    ...present('ExposedPorts', config.ExposedPorts),
    ...present('Env', config.Env),
    ...present('Entrypoint', config.Entrypoint),
    ...present('Cmd', config.Cmd),
    ...present('Volumes', config.Volumes),
    ...present('WorkingDir', config.WorkingDir),
    ...present('Labels', config.Labels),
    ...present('StopSignal', config.StopSignal),
    ...(typeof StopTimeout === 'number' && { StopTimeout }),
    ...present('Healthcheck', healthcheckOf(config)),
    ...present('OnBuild', config.OnBuild),
    ...present('Shell', config.Shell),
  };
}

function healthcheckOf({ Healthcheck }: ContainerConfig): ImageHealthcheck | undefined {
  if (Healthcheck === undefined) return undefined;
  const { Test, ...others } = Healthcheck;
  return { ...others, ...(Test && { Test }) };
}

type Mergeable = Pick<
  ContainerConfig,
  'Cmd' | 'Entrypoint' | 'Env' | 'Labels' | 'OnBuild' | 'User' | 'WorkingDir'
>;

/** Back in the shape of a request, in which null is empty. */
function asContainer({
  ExposedPorts,
  Volumes,
  ...config
}: ImageConfig): Mergeable & Partial<ContainerConfig> {
  return {
    ...config,
    User: config.User ?? '',
    WorkingDir: config.WorkingDir ?? '',
    Env: config.Env ?? null,
    Cmd: config.Cmd ?? null,
    Entrypoint: config.Entrypoint ?? null,
    Labels: config.Labels ?? null,
    OnBuild: config.OnBuild ?? null,
    Volumes: Volumes === undefined ? null : emptied(Volumes),
    ...(ExposedPorts && { ExposedPorts: emptied(ExposedPorts) }),
  };
}

function emptied(map: Readonly<Record<string, object>>): Record<string, Record<string, never>> {
  return Object.fromEntries(Object.keys(map).map((key) => [key, {}]));
}

function present<K extends string, V extends object | string>(
  key: K,
  value: V | null | undefined,
): { readonly [P in K]?: V } {
  const isEmpty = value === null || value === undefined || value === '' || Object.keys(value).length === 0;
  return isEmpty ? {} : ({ [key]: value } as { [P in K]: V });
}
