import { type ApiVersion, type ContainerCreateRequest, type Mount, sinceMinor } from '#api';
import { EngineError, refuse } from '#base';

/**
 * A create request with what clients of its version of the API mean by what they leave out.
 * @throws EngineError invalid, for what that version could not say
 */
export function adaptCreateRequest(
  request: ContainerCreateRequest,
  version: ApiVersion,
): ContainerCreateRequest {
  const networks = Object.keys(request.NetworkingConfig.EndpointsConfig ?? {}).sort();
  if (!sinceMinor(version, 44) && networks.length > 1) {
    const list = networks.join(', ');
    throw new EngineError('invalid', `Container cannot be created with multiple network endpoints: ${list}`);
  }
  refuseLaterMounts(request.HostConfig.Mounts ?? [], version);
  const meant = sinceMinor(version, 44) ? request : withoutStartInterval(request);
  if (sinceMinor(version, 40) || meant.HostConfig.IpcMode !== '') return meant;
  return { ...meant, HostConfig: { ...meant.HostConfig, IpcMode: 'shareable' } };
}

/** What such a client asks for in vain would not be as safe as it thinks. */
function refuseLaterMounts(mounts: readonly Mount[], version: ApiVersion): void {
  for (const { BindOptions, VolumeOptions } of mounts) {
    refuse(
      !sinceMinor(version, 44) && BindOptions?.ReadOnlyForceRecursive === true,
      'BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer',
    );
    refuse(
      !sinceMinor(version, 45) && Boolean(VolumeOptions?.Subpath),
      'VolumeOptions.Subpath needs API v1.45 or newer',
    );
  }
}

/** Before 1.44 health checks had none. */
function withoutStartInterval(request: ContainerCreateRequest): ContainerCreateRequest {
  if (request.Healthcheck?.StartInterval === undefined) return request;
  const { StartInterval: _, ...Healthcheck } = request.Healthcheck;
  return { ...request, Healthcheck };
}
