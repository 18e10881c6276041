import type { NetworkSummary } from '#api';
import { ApiError, segment } from '#client';
import type { Tell } from './move-volumes.ts';
import { type Cargo, type Side, tryGet } from './sides.ts';

/** Networks that every engine has. */
const predefined = ['bridge', 'default', 'host', 'none'];

/** Makes the networks that the container is in where the other side has none of the name. */
export async function moveNetworks(source: Side, target: Side, cargo: Cargo, tell: Tell): Promise<void> {
  for (const name of Object.keys(cargo.container.NetworkSettings.Networks)) {
    if (predefined.includes(name)) continue;
    const path = `/networks/${segment(name)}`;
    if ((await tryGet(target, path)) !== undefined) continue;
    const network = await tryGet<NetworkSummary>(source, path);
    if (network === undefined) throw new Error(`${source.name} has no network ${name}`);
    await createNetwork(target, network);
    tell(`network ${name}: made`);
  }
}

/** With the addresses that it has; where these are taken, with others. */
async function createNetwork({ client }: Side, network: NetworkSummary): Promise<void> {
  const { Name, Driver, Internal, Attachable, EnableIPv6, IPAM, Options, Labels } = network;
  const json = { Name, Driver, Internal, Attachable, EnableIPv6, Options, Labels };
  const create = async (body: object) => {
    await client.call({ method: 'POST', path: '/networks/create', json: body });
  };
  try {
    await create({ ...json, IPAM });
  } catch (error) {
    if (!(error instanceof ApiError && /overlap/i.test(error.message))) throw error;
    await create(json);
  }
}
