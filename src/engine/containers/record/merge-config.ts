import type { ContainerConfig, HealthConfig } from '#api';
import { keepLabel } from '#base';
import type { ImageConfig } from '#oci';
import { secretLabels } from '../secrets/plan-secrets.ts';

/** Labels that mean something for what they are put on, and nothing for the containers of an image. */
const notInherited: ReadonlySet<string> = new Set([keepLabel, ...Object.values(secretLabels)]);

/**
 * A request's configuration over an image's: what the request leaves empty the image fills, environment,
 * labels, ports and volumes are joined, and an entrypoint in the request drops the image's command.
 */
export function mergeConfig(asked: ContainerConfig, image: ImageConfig): ContainerConfig {
  return {
    ...asked,
    ...mergeCommand(asked, image),
    User: asked.User || image.User || '',
    WorkingDir: asked.WorkingDir || image.WorkingDir || '',
    Env: mergeEnv(asked.Env ?? [], image.Env ?? []),
    Labels: { ...inheritedLabels(image), ...asked.Labels },
    Volumes: emptyToNull({ ...asKeys(image.Volumes), ...asked.Volumes }),
    ...present('ExposedPorts', emptyToNull({ ...asKeys(image.ExposedPorts), ...asked.ExposedPorts })),
    ...present('StopSignal', asked.StopSignal || image.StopSignal),
    ...present('StopTimeout', asked.StopTimeout ?? image.StopTimeout),
    ...present('Shell', asked.Shell ?? image.Shell),
    ...present('Healthcheck', mergeHealthcheck(asked.Healthcheck, image.Healthcheck)),
  };
}

/** An image that is to be kept does not keep all its containers, and whoever made it gives them nobody's secrets. */
function inheritedLabels({ Labels = {} }: ImageConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(Labels).filter(([name]) => !notInherited.has(name)));
}

/** The variables of the first list and those of the second that the first does not name. */
export function mergeEnv(asked: readonly string[], inherited: readonly string[]): string[] {
  const named = new Set(asked.map(variableName));
  return [...asked, ...inherited.filter((entry) => !named.has(variableName(entry)))];
}

export function variableName(entry: string): string {
  const at = entry.indexOf('=');
  return at < 0 ? entry : entry.slice(0, at);
}

function mergeCommand(
  asked: ContainerConfig,
  image: ImageConfig,
): Pick<ContainerConfig, 'Cmd' | 'Entrypoint'> {
  const resets = asked.Entrypoint?.length === 1 && asked.Entrypoint[0] === '';
  if (asked.Entrypoint !== null && asked.Entrypoint.length > 0) {
    return { Entrypoint: resets ? null : asked.Entrypoint, Cmd: asked.Cmd };
  }
  const inheritsCommand = asked.Cmd === null || asked.Cmd.length === 0;
  return {
    Entrypoint: asked.Entrypoint ?? image.Entrypoint ?? null,
    Cmd: inheritsCommand ? (image.Cmd ?? null) : asked.Cmd,
  };
}

/** Fields that are missing, zero or empty come from the image. */
function mergeHealthcheck(asked?: HealthConfig, image?: HealthConfig): HealthConfig | undefined {
  if (asked === undefined || image === undefined) return asked ?? image;
  const isSet = (value: unknown) =>
    value !== 0 && !(Array.isArray(value) && value.length === 0) && value !== null;
  return { ...image, ...Object.fromEntries(Object.entries(asked).filter(([, value]) => isSet(value))) };
}

function asKeys(map: Readonly<Record<string, object>> | undefined): Record<string, Record<string, never>> {
  return Object.fromEntries(Object.keys(map ?? {}).map((key) => [key, {}]));
}

function emptyToNull<T extends object>(map: T): T | null {
  return Object.keys(map).length === 0 ? null : map;
}

function present<K extends string, V>(key: K, value: V | undefined | null): { readonly [P in K]?: V } {
  return value === undefined || value === null || value === '' ? {} : ({ [key]: value } as { [P in K]: V });
}
