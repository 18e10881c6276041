import { EngineError } from '#base';
import type { CreateNetworkRequest, NetworkRecord } from './types.ts';

/** Refuses a network that is only a configuration but says where and for whom it is. @throws EngineError forbidden */
export function checkConfigOnly({ internal, attachable, configFrom }: CreateNetworkRequest): void {
  if (configFrom) {
    const text = 'a configuration network cannot depend on another configuration network';
    throw new EngineError('forbidden', text);
  }
  if (!internal && !attachable) return;
  throw new EngineError(
    'forbidden',
    'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.',
  );
}

/**
 * The request with all that the configuration network which it names says; `find` finds that.
 * @throws EngineError forbidden, when it says such things itself, and what `find` throws
 */
export function applyConfig(
  request: CreateNetworkRequest,
  find: (name: string) => NetworkRecord,
): CreateNetworkRequest {
  if (request.configOnly) checkConfigOnly(request);
  const suffix = 'are not supported if the network depends on a configuration network';
  if (!isEmpty(request.options)) throw new EngineError('forbidden', `network driver options ${suffix}`);
  const own =
    request.ipv6 || !isEmpty(request.labels) || !isEmpty(request.ipamOptions) || request.pools?.length;
  if (own) throw new EngineError('forbidden', `user specified configurations ${suffix}`);
  const { ipv4, ipv6, labels, options, ipamOptions, pools } = find(request.configFrom ?? '');
  return { ...request, ipv4, ipv6, labels, options, ipamOptions, pools };
}

function isEmpty(map: object | null | undefined): boolean {
  return Object.keys(map ?? {}).length === 0;
}
