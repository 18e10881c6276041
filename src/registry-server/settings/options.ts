/** How an option is written. In the file a switch is true or false, a list a list of texts, anything else a text. */
export type OptionForm = 'switch' | 'text' | 'list';

export interface OptionSpec {
  readonly form: OptionForm;
  /** What the help calls the flag's operand. */
  readonly operand?: string;
  readonly help: string;
  /** Told on the command line alone. */
  readonly flagOnly?: true;
}

/** The same name is an option's flag, `--name`, and its key in the file. */
const table = {
  config: {
    form: 'text',
    operand: 'FILE',
    help: 'Configuration (default /etc/wharf/registry.json)',
    flagOnly: true,
  },
  help: { form: 'switch', help: 'Print usage and end', flagOnly: true },
  validate: { form: 'switch', help: 'Check the configuration and end', flagOnly: true },
  listen: { form: 'list', operand: 'HOST:PORT', help: 'Address to listen on (default 127.0.0.1:5000)' },
  'data-root': {
    form: 'text',
    operand: 'FOLDER',
    help: 'Keeps everything (default /var/lib/wharf-registry)',
  },
  'tls-cert': { form: 'text', operand: 'FILE', help: 'Certificate chain to speak TLS with' },
  'tls-key': { form: 'text', operand: 'FILE', help: 'Key of the certificate' },
  'tls-client-ca': { form: 'text', operand: 'FILE', help: 'Clients need a certificate of these authorities' },
  'external-url': {
    form: 'text',
    operand: 'URL',
    help: 'How clients name the server, if a proxy stands before it',
  },
  'trusted-proxy': {
    form: 'list',
    operand: 'ADDRESS',
    help: 'Proxy whose X-Forwarded-For tells where requests come from',
  },
  'admin-password-file': {
    form: 'text',
    operand: 'FILE',
    help: 'Password of the user admin; without it everybody may do everything',
  },
  page: { form: 'text', operand: 'FOLDER', help: 'Web page (default registry-page beside the program)' },
  metrics: { form: 'text', operand: 'HOST:PORT', help: 'Tells figures to Prometheus' },
  'audit-log': { form: 'text', operand: 'FILE', help: 'Takes down who did what, a line of JSON each' },
  'log-level': { form: 'text', operand: 'LEVEL', help: 'debug, info, warn or error (default info)' },
  'log-format': { form: 'text', operand: 'FORMAT', help: 'text or json (default text)' },
  'read-only': { form: 'switch', help: 'Nobody may push or delete' },
  quota: {
    form: 'text',
    operand: 'SIZE',
    help: 'What a project may have, if the file gives it no quota of its own',
  },
  cache: { form: 'text', operand: 'URL', help: 'All repositories are copies of this registry’s' },
  'cache-expiry': {
    form: 'text',
    operand: 'DURATION',
    help: 'How long a copied tag is believed (default 1h)',
  },
  'cache-keep': {
    form: 'text',
    operand: 'DURATION',
    help: 'How long a copy stays that nobody pulls (default 168h)',
  },
  'gc-interval': {
    form: 'text',
    operand: 'DURATION',
    help: 'How often garbage is collected; 0: never (default 1h)',
  },
  'gc-grace': {
    form: 'text',
    operand: 'DURATION',
    help: 'How long unused blobs wait for a push (default 24h)',
  },
  'upload-expiry': { form: 'text', operand: 'DURATION', help: 'How long an upload may rest (default 24h)' },
  'stop-timeout': {
    form: 'text',
    operand: 'DURATION',
    help: 'Time for running requests at the end (default 30s)',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type OptionName = keyof typeof table;

/** What was told, as it was written; a switch that is on is `true`. */
export type Options = ReadonlyMap<OptionName, readonly string[]>;

export const optionSpecs: Readonly<Record<OptionName, OptionSpec>> = table;

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(table, name);
}

export const optionNames: readonly OptionName[] = Object.keys(table).filter(isOptionName);
