import { type ApiVersion, type ContainerCreateRequest, sinceMinor } from '#api';
import { EngineError } from '#base';

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
  const meant = sinceMinor(version, 44) ? request : withoutStartInterval(request);
  if (sinceMinor(version, 40) || meant.HostConfig.IpcMode !== '') return meant;
  return { ...meant, HostConfig: { ...meant.HostConfig, IpcMode: 'shareable' } };
}

/** Before 1.44 health checks had none. */
function withoutStartInterval(request: ContainerCreateRequest): ContainerCreateRequest {
  if (request.Healthcheck?.StartInterval === undefined) return request;
  const { StartInterval: _, ...Healthcheck } = request.Healthcheck;
  return { ...request, Healthcheck };
}
