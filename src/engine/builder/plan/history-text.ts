import type { ConfigInstruction } from '#dockerfile';
import type { ImageConfig, ImageHealthcheck } from '#oci';

/**
 * What `history` shows of an instruction that makes no files, in BuildKit's words.
 * @param before the image's configuration before it
 * @param after and with it
 */
export function configHistory(
  instruction: Exclude<ConfigInstruction, { kind: 'onbuild' }>,
  before: ImageConfig,
  after: ImageConfig,
): string {
  switch (instruction.kind) {
    case 'cmd':
      return `CMD ${quotedList(after.Cmd)}`;
    case 'entrypoint':
      return `ENTRYPOINT ${quotedList(after.Entrypoint)}`;
    case 'env':
      return `ENV ${changedVariables(before.Env, after.Env).join(' ')}`;
    case 'label':
      return `LABEL ${changedLabels(before.Labels, after.Labels).join(' ')}`;
    case 'expose':
      return `EXPOSE ${plainList(newKeys(before.ExposedPorts, after.ExposedPorts).sort())}`;
    case 'volume':
      return `VOLUME ${plainList(newKeys(before.Volumes, after.Volumes))}`;
    case 'shell':
      return `SHELL ${plainList(after.Shell ?? [])}`;
    case 'healthcheck':
      return `HEALTHCHECK ${healthcheckText(after.Healthcheck)}`;
    case 'user':
      return `USER ${after.User ?? ''}`;
    case 'stopsignal':
      return `STOPSIGNAL ${after.StopSignal ?? ''}`;
    case 'workdir':
      return `WORKDIR ${after.WorkingDir ?? ''}`;
    case 'maintainer':
      return `MAINTAINER ${instruction.word}`;
  }
}

function quotedList(words: readonly string[] = []): string {
  return `[${words.map((word) => JSON.stringify(word)).join(' ')}]`;
}

function plainList(words: readonly string[]): string {
  return `[${words.join(' ')}]`;
}

function changedVariables(before: readonly string[] = [], after: readonly string[] = []): string[] {
  return after.filter((entry) => !before.includes(entry));
}

function changedLabels(
  before: Readonly<Record<string, string>> = {},
  after: Readonly<Record<string, string>> = {},
): string[] {
  return Object.entries(after).flatMap(([name, value]) =>
    before[name] === value ? [] : [`${name}=${value}`],
  );
}

function newKeys(before: object = {}, after: object = {}): string[] {
  return Object.keys(after).filter((key) => !(key in before));
}

/** As Go prints the structure. */
function healthcheckText(check: ImageHealthcheck | undefined): string {
  if (check === undefined) return '';
  const { Interval = 0, Timeout = 0, StartPeriod = 0, StartInterval = 0, Retries = 0 } = check;
  const times = [Interval, Timeout, StartPeriod, StartInterval].map((ns) => JSON.stringify(goDuration(ns)));
  const retries = `'\\x${Retries.toString(16).padStart(2, '0')}'`;
  return `&{${quotedList(check.Test)} ${times.join(' ')} ${retries}}`;
}

function goDuration(nanoseconds: number): string {
  if (nanoseconds < 1e9) return nanoseconds === 0 ? '0s' : `${nanoseconds / 1e6}ms`;
  const seconds = nanoseconds / 1e9;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
