import type { ContainerInspect, EndpointSettings, ImageInspect, PortMap } from '#api';
import { each, flag, toggle } from './flag-words.ts';
import { csvLine } from './quote.ts';

/** The networks, ports and names of a container. */
export function networkWords(container: ContainerInspect, image: ImageInspect['Config']): string[] {
  const { Config: config, HostConfig: host } = container;
  const published = Object.keys(host.PortBindings ?? {});
  const known = [...published, ...Object.keys(image.ExposedPorts ?? {})];
  const exposed = Object.keys(config.ExposedPorts ?? {}).filter((port) => !known.includes(port));
  return [
    ...each('network', networkTexts(container)),
    ...flag('mac-address', config.MacAddress),
    ...each('link', host.Links?.map(linkText)),
    ...each('publish', publishTexts(host.PortBindings)),
    ...toggle('publish-all', host.PublishAllPorts),
    ...each('expose', exposed.map(shortPort)),
    ...each('dns', host.Dns),
    ...each('dns-option', host.DnsOptions),
    ...each('dns-search', host.DnsSearch),
    ...each('add-host', host.ExtraHosts),
  ];
}

const usualNetworks = ['default', 'bridge'];

/** The main network first; a container on the usual one alone says nothing of it. */
function networkTexts({ HostConfig: host, NetworkSettings: settings }: ContainerInspect): string[] {
  const main = host.NetworkMode;
  if (['host', 'none'].includes(main) || main.startsWith('container:')) return [main];
  const networks = Object.keys(settings.Networks ?? {}).filter((name) => name !== main);
  const texts = [main, ...networks].map((name) => networkText(name, settings.Networks[name]));
  return texts.length === 1 && usualNetworks.includes(texts[0] ?? '') ? [] : texts;
}

/** A network's name, or `name=…` with what was asked of the attachment. */
function networkText(name: string, endpoint: EndpointSettings | undefined): string {
  const addresses = endpoint?.IPAMConfig;
  const driverOptions = Object.entries(endpoint?.DriverOpts ?? {}).map(([key, value]) => `${key}=${value}`);
  const parts: [string, readonly (string | undefined)[]][] = [
    ['alias', endpoint?.Aliases ?? []],
    ['ip', [addresses?.IPv4Address]],
    ['ip6', [addresses?.IPv6Address]],
    ['link-local-ip', addresses?.LinkLocalIPs ?? []],
    ['driver-opt', driverOptions],
    ['gw-priority', [endpoint?.GwPriority ? String(endpoint.GwPriority) : undefined]],
  ];
  const fields = parts.flatMap(([key, values]) => values.filter(Boolean).map((value) => `${key}=${value}`));
  return fields.length === 0 ? name : csvLine([`name=${name}`, ...fields]);
}

/** `/other:/this/alias` is how the engine keeps `other:alias`. */
function linkText(link: string): string {
  const [target = '', alias = ''] = link.split(':');
  return `${target.replace(/^\//, '')}:${alias.slice(alias.lastIndexOf('/') + 1)}`;
}

function publishTexts(bindings: PortMap | null): string[] {
  return Object.entries(bindings ?? {}).flatMap(([port, hosts]) =>
    (hosts ?? []).map(({ HostIp: ip, HostPort: hostPort }) => {
      const address = ip.includes(':') ? `[${ip}]` : ip;
      const before = address !== '' ? `${address}:${hostPort}:` : hostPort !== '' ? `${hostPort}:` : '';
      return `${before}${shortPort(port)}`;
    }),
  );
}

function shortPort(port: string): string {
  return port.replace(/\/tcp$/, '');
}
