import type { ContainerCreateRequest } from '#api';
import { describeConfig } from './config.ts';
import { describeHost } from './host-config.ts';
import { combineNetworks } from './networks.ts';
import { parsePorts } from './ports.ts';
import type { CreateInput, RunRequest, Surroundings } from './types.ts';

export type { RunRequest, Surroundings } from './types.ts';

/**
 * The create request that the flags and operands of `run` or `create` mean.
 * @throws Error with the stock client's words for what cannot be meant
 */
export function parseRun(input: CreateInput, operands: readonly string[], around: Surroundings): RunRequest {
  const { values } = input;
  if (values.rm && values.restart !== 'no' && values.restart !== '') {
    throw new Error('conflicting options: cannot specify both --restart and --rm');
  }
  const ports = parsePorts(values.publish, values.expose);
  const networks = combineNetworks(values);
  const body: ContainerCreateRequest = {
    ...describeConfig(input, operands, ports, around),
    HostConfig: describeHost(input, ports, networks, around),
    NetworkingConfig: { EndpointsConfig: networks.endpoints },
  };
  const usesApiSocket = values['use-api-socket'];
  return { body, name: values.name, platform: values.platform, usesApiSocket };
}
