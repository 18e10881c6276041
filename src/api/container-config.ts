import {
  type DecodedBy,
  emptyObject,
  flag,
  integer,
  list,
  map,
  nullable,
  omittable,
  struct,
  text,
  words,
} from './schema.ts';

/** Durations are nanoseconds; 0 and an empty Test inherit from the image. */
const healthConfig = struct('HealthConfig', {
  Test: omittable(list(text)),
  Interval: omittable(integer),
  Timeout: omittable(integer),
  StartPeriod: omittable(integer),
  StartInterval: omittable(integer),
  Retries: omittable(integer),
});
export type HealthConfig = DecodedBy<typeof healthConfig>;

export const containerConfigFields = {
  Hostname: text,
  Domainname: text,
  User: text,
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  ExposedPorts: omittable(map(emptyObject)),
  Tty: flag,
  OpenStdin: flag,
  StdinOnce: flag,
  Env: list(text),
  Cmd: words,
  Healthcheck: omittable(healthConfig),
  ArgsEscaped: omittable(flag),
  Image: text,
  Volumes: map(emptyObject),
  WorkingDir: text,
  Entrypoint: words,
  NetworkDisabled: omittable(flag),
  /** Before 1.44 the place for the MAC address of the main network. */
  MacAddress: omittable(text),
  OnBuild: list(text),
  Labels: map(text),
  StopSignal: omittable(text),
  /** Seconds; null is the daemon's default of 10. */
  StopTimeout: omittable(nullable(integer)),
  Shell: omittable(words),
};

/** What of a container does not depend on the host: `null` Entrypoint is inherited, `[]` and `[""]` reset. */
export const containerConfig = struct('Config', containerConfigFields);
export type ContainerConfig = DecodedBy<typeof containerConfig>;
