import { existsSync } from 'node:fs';
import type { TlsFiles } from '#client';
import type { Caller } from './caller/index.ts';
import { bool, type Flag, type ParsedArguments, text } from './flags/index.ts';

/** What the global flags and the environment say, resolved once. */
export interface GlobalOptions {
  readonly configDirectory: string;
  readonly host: string | undefined;
  /** DOCKER_HOST: the host when neither that nor a context is named. */
  readonly usualHost: string | undefined;
  readonly context: string | undefined;
  readonly tls: TlsFiles | undefined;
  readonly debug: boolean;
}

/** Where the user's settings are when no flag says otherwise. */
function defaultConfigDirectory({ DOCKER_CONFIG, HOME }: Environment): string {
  return DOCKER_CONFIG || `${HOME ?? process.getBuiltinModule('node:os').homedir()}/.docker`;
}

type Environment = Caller['environment'];

/** The flags that stand before the command, with the defaults of an environment. */
export function globalFlags(environment: Environment) {
  const directory = defaultConfigDirectory(environment);
  const certificates = environment.DOCKER_CERT_PATH || directory;
  return {
    config: text('Location of client config files', { initial: directory }),
    context: text(
      'Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with "docker context use")',
      { short: 'c' },
    ),
    debug: bool('Enable debug mode', 'D'),
    host: hostFlag,
    'log-level': text('Set the logging level ("debug", "info", "warn", "error", "fatal")', {
      short: 'l',
      initial: 'info',
    }),
    tls: bool('Use TLS; implied by --tlsverify'),
    tlscacert: text('Trust certs signed only by this CA', { initial: `${certificates}/ca.pem` }),
    tlscert: text('Path to TLS certificate file', { initial: `${certificates}/cert.pem` }),
    tlskey: text('Path to TLS key file', { initial: `${certificates}/key.pem` }),
    tlsverify: bool('Use TLS and verify the remote'),
    version: bool('Print version information and quit', 'v'),
    help: { ...bool('Print usage', 'h'), hidden: true },
  };
}

const hostFlag: Flag<string> = {
  ...text('Daemon socket to connect to', { short: 'H' }),
  read(value, previous) {
    if (previous !== '') throw new Error('specify only one -H');
    return value;
  },
};

export type GlobalArguments = ParsedArguments<ReturnType<typeof globalFlags>>;
type GlobalValues = GlobalArguments['values'];

/** @throws Error with the stock client's words for a contradiction or an unknown logging level */
export function resolveGlobals({ values, given }: GlobalArguments, environment: Environment): GlobalOptions {
  const level = values['log-level'].toLowerCase();
  if (!['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'].includes(level)) {
    throw new Error(`Unable to parse logging level: ${values['log-level']}`);
  }
  if (values.host !== '' && values.context !== '') {
    throw new Error('conflicting options: cannot specify both --host and --context');
  }
  return {
    configDirectory: values.config,
    host: values.host || undefined,
    usualHost: environment.DOCKER_HOST || undefined,
    context: values.context || undefined,
    tls: resolveTls(values, given, environment),
    debug: values.debug,
  };
}

/** Own credentials are optional: the standard files need not be there. */
function resolveTls(
  values: GlobalValues,
  given: ReadonlySet<string>,
  environment: Environment,
): TlsFiles | undefined {
  const verify = values.tlsverify || Boolean(environment.DOCKER_TLS_VERIFY);
  if (!values.tls && !verify && !environment.DOCKER_TLS) return undefined;
  const own = (name: 'tlscert' | 'tlskey') =>
    given.has(name) || existsSync(values[name]) ? values[name] : undefined;
  const [cert, key] = [own('tlscert'), own('tlskey')];
  return {
    ca: values.tlscacert,
    verify,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
