import type { ContainerConfig, ContainerInspect, ImageInspect } from '#api';
import { each, flag, pairs, toggle } from './flag-words.ts';
import { healthWords } from './health-words.ts';

type ImageConfig = ImageInspect['Config'];

/** The process: its streams, its user, its environment, how it is stopped and checked. */
export function processWords(container: ContainerInspect, image: ImageConfig): string[] {
  const { Config: config, HostConfig: host } = container;
  return [
    ...streamWords(config),
    ...flag('hostname', ownHostname(container)),
    ...flag('domainname', config.Domainname),
    ...flag('user', config.User === image.User ? '' : config.User),
    ...flag('workdir', config.WorkingDir === image.WorkingDir ? '' : config.WorkingDir),
    ...each(
      'env',
      config.Env?.filter((entry) => !image.Env?.includes(entry)),
    ),
    ...pairs('label', config.Labels, image.Labels),
    ...flag('stop-signal', config.StopSignal === image.StopSignal ? '' : config.StopSignal),
    ...stopTimeout(config),
    ...healthWords(config.Healthcheck, image.Healthcheck),
    ...initWords(host.Init),
  ];
}

/** Nobody attached means in the background; both outputs, and the input when it is open, are what `run` does unasked. */
function streamWords(config: ContainerConfig): string[] {
  const { AttachStdin: stdin, AttachStdout: stdout, AttachStderr: stderr, OpenStdin: open } = config;
  const attached = Object.entries({ stdin, stdout, stderr }).flatMap(([name, is]) => (is ? [name] : []));
  const isUsual = stdout && stderr && stdin === open;
  const streams = attached.length === 0 ? ['--detach'] : isUsual ? [] : each('attach', attached);
  return [...streams, ...toggle('interactive', open), ...toggle('tty', config.Tty)];
}

/** Undefined for a name that the engine gave, or that is not the container's own. */
function ownHostname({ Id, Config, HostConfig }: ContainerInspect): string | undefined {
  const { NetworkMode: network, UTSMode: uts } = HostConfig;
  const isGiven = Config.Hostname === Id.slice(0, 12) || network === 'host';
  return isGiven || uts === 'host' || network.startsWith('container:') ? undefined : Config.Hostname;
}

/** Zero means to wait for ever, or not at all, but it is said. */
function stopTimeout({ StopTimeout: seconds }: ContainerConfig): string[] {
  return seconds === undefined || seconds === null ? [] : ['--stop-timeout', String(seconds)];
}

function initWords(init: boolean | undefined): string[] {
  return init === undefined ? [] : [init ? '--init' : '--init=false'];
}
