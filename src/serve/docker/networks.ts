import {
  decodeFilters,
  type IpamConfig,
  type NetworkCreateRequest,
  type NetworkCreateResponse,
  networkConnectRequest,
  networkCreateRequest,
  networkDisconnectRequest,
  sinceMinor,
} from '#api';
import { EngineError, errorMessage, parseTruth } from '#base';
import type { CreateNetworkRequest, PoolRequest } from '#engine/networks';
import { readJson, sendJson, sendNothing } from './answers.ts';
import { idOf } from './containers.ts';
import { encodeNetworkInspect, encodeNetworkStatus, localScope } from './network-encode.ts';
import type { DockerApiParts, Handlers } from './types.ts';

type NetworkOperation =
  | 'networkList'
  | 'networkCreate'
  | 'networkInspect'
  | 'networkConnect'
  | 'networkDisconnect'
  | 'networkRemove';

export function networkHandlers({ networks, containers }: DockerApiParts): Handlers<NetworkOperation> {
  return {
    async networkList(call) {
      const records = networks.list(decodeFilters(call.request.query));
      // The list told who is in each network until 1.28; since then the field is there, and empty.
      const tells = !sinceMinor(call.version, 28);
      const rows = records.map((record) =>
        encodeNetworkInspect(record, tells ? networks.attached(record.id) : []),
      );
      sendJson(call, 200, rows);
    },
    async networkCreate(call) {
      const record = await networks.create(decodeCreate(await readJson(call, networkCreateRequest)));
      sendJson(call, 201, { Id: record.id, Warning: '' } satisfies NetworkCreateResponse);
    },
    async networkInspect(call) {
      const { request, version } = call;
      const verbose = parseVerbose(request.query.get('verbose') ?? '');
      const record = networks.inspect(idOf(call));
      const scope = request.query.get('scope') ?? '';
      if (scope !== '' && scope !== localScope) throw notFound(idOf(call));
      const inspect = encodeNetworkInspect(record, networks.attached(record.id));
      const tellsUsage = verbose || sinceMinor(version, 52);
      sendJson(call, 200, { ...inspect, ...(tellsUsage && encodeNetworkStatus(networks.usage(record.id))) });
    },
    async networkConnect(call) {
      const { Container, EndpointConfig } = await readJson(call, networkConnectRequest);
      await containers.connectNetwork(Container, idOf(call), EndpointConfig);
      sendNothing(call, 200);
    },
    async networkDisconnect(call) {
      const { Container, Force: force } = await readJson(call, networkDisconnectRequest);
      await containers.disconnectNetwork(Container, idOf(call), { force });
      sendNothing(call, 200);
    },
    async networkRemove(call) {
      await networks.remove(idOf(call));
      sendNothing(call);
    },
  };
}

/** @throws EngineError invalid, for what is no truth value */
function parseVerbose(text: string): boolean {
  try {
    return text !== '' && parseTruth(text);
  } catch (error) {
    throw new EngineError('invalid', `invalid value for verbose: ${text}: ${errorMessage(error)}`);
  }
}

function notFound(name: string): EngineError {
  return new EngineError('notFound', `network ${name} not found`);
}

/** @throws EngineError forbidden, for what only a cluster has */
function decodeCreate(request: NetworkCreateRequest): CreateNetworkRequest {
  const { Scope: scope, IPAM: ipam } = request;
  if (scope !== '' && scope !== localScope) {
    const text = `cannot create a ${scope} scoped network when swarm is not active`;
    throw new EngineError('forbidden', text);
  }
  if (request.Ingress) throw new EngineError('forbidden', 'Ingress network can only be global scope network');
  return {
    name: request.Name,
    driver: request.Driver,
    ipv4: request.EnableIPv4,
    ipv6: request.EnableIPv6,
    internal: request.Internal,
    attachable: request.Attachable,
    labels: request.Labels ?? {},
    options: request.Options ?? {},
    ipamDriver: ipam?.Driver ?? '',
    ipamOptions: ipam?.Options ?? null,
    pools: (ipam?.Config ?? []).map(decodePool),
    configOnly: request.ConfigOnly,
    configFrom: request.ConfigFrom?.Network ?? '',
  };
}

function decodePool(pool: IpamConfig): PoolRequest {
  return {
    subnet: pool.Subnet || undefined,
    gateway: pool.Gateway || undefined,
    range: pool.IPRange || undefined,
    auxiliary: pool.AuxiliaryAddresses ?? {},
  };
}
