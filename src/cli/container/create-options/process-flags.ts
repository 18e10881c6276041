import { bool, duration, int, list, pairs, text } from '../../flags/index.ts';
import { platformFlag } from '../../platform-flag.ts';
import { checkEnv, checkLabel, checkStream } from './checks.ts';

/** Flags of what runs in the container, and how the client goes about it. */
export const processFlags = {
  annotation: pairs('Add an annotation to the container (passed through to the OCI runtime)'),
  attach: list('Attach to STDIN, STDOUT or STDERR', { short: 'a', check: checkStream }),
  cidfile: text('Write the container ID to the file'),
  'disable-content-trust': bool('Skip image verification', undefined, true),
  domainname: text('Container NIS domain name'),
  entrypoint: text('Overwrite the default ENTRYPOINT of the image'),
  env: list('Set environment variables', { short: 'e', check: checkEnv }),
  'env-file': list('Read in a file of environment variables'),
  'health-cmd': text('Command to run to check health'),
  'health-interval': duration('Time between running the check (ms|s|m|h)'),
  'health-retries': int('Consecutive failures needed to report unhealthy'),
  'health-start-interval': duration('Time between running the check during the start period (ms|s|m|h)'),
  'health-start-period': duration(
    'Start period for the container to initialize before starting health-retries countdown (ms|s|m|h)',
  ),
  'health-timeout': duration('Maximum time to allow one check to run (ms|s|m|h)'),
  hostname: text('Container host name', { short: 'h' }),
  init: bool('Run an init inside the container that forwards signals and reaps processes'),
  interactive: bool('Keep STDIN open even if not attached', 'i'),
  isolation: text('Container isolation technology'),
  label: list('Set meta data on a container', { short: 'l', check: checkLabel }),
  'label-file': list('Read in a line delimited file of labels'),
  'log-driver': text('Logging driver for the container'),
  'log-opt': list('Log driver options'),
  name: text('Assign a name to the container'),
  'no-healthcheck': bool('Disable any container-specified HEALTHCHECK'),
  platform: platformFlag,
  pull: text('Pull image before creating ("always", "missing", "never")', { initial: 'missing' }),
  quiet: bool('Suppress the pull output', 'q'),
  restart: text('Restart policy to apply when a container exits', { initial: 'no' }),
  rm: bool('Automatically remove the container and its associated anonymous volumes when it exits'),
  runtime: text('Runtime to use for this container'),
  'stop-signal': text('Signal to stop the container'),
  'stop-timeout': int('Timeout (in seconds) to stop a container'),
  tty: bool('Allocate a pseudo-TTY', 't'),
  user: text('Username or UID (format: <name|uid>[:<group|gid>])', { short: 'u' }),
  workdir: text('Working directory inside the container', { short: 'w' }),
};
