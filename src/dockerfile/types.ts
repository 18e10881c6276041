/** Lines of a Dockerfile, from 1, both inclusive. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** A here-document: the lines that follow an instruction up to the line that is its name. */
export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** Variables in it are replaced: its name was not quoted. */
  readonly expand: boolean;
  /** Leading tabs are dropped from each line (`<<-`). */
  readonly chomp: boolean;
}

/** A command line: a list of words is run as it is, a text by the shell. */
export type CommandLine =
  | { readonly form: 'exec'; readonly words: readonly string[] }
  | { readonly form: 'shell'; readonly text: string };

export type Pair = readonly [name: string, value: string];

/** What a source line says, before variables are replaced. */
interface Written {
  readonly range: SourceRange;
  /** The instruction as it stands in the file, its lines joined. */
  readonly source: string;
  /** The instruction's name as it was spelled. */
  readonly spelled: string;
}

export interface FromInstruction extends Written {
  readonly kind: 'from';
  readonly base: string;
  readonly platform: string | undefined;
  /** In lower case. */
  readonly stageName: string | undefined;
  readonly spelledStageName: string | undefined;
  /** How `AS` was spelled; undefined without a name. */
  readonly spelledAs: string | undefined;
  readonly comment: string | undefined;
  /** Comment lines stand directly above, whatever they say. */
  readonly isCommented: boolean;
}

export type MountType = 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh';
export type CacheSharing = 'shared' | 'private' | 'locked';

/** One `--mount` of RUN; what was not written is undefined. */
export interface RunMount {
  readonly type: MountType;
  readonly target: string | undefined;
  readonly source: string | undefined;
  readonly from: string | undefined;
  readonly id: string | undefined;
  /** Of secret: the variable that gets its value. */
  readonly env: string | undefined;
  readonly readOnly: boolean;
  readonly sharing: CacheSharing | undefined;
  readonly sizeBytes: number | undefined;
  readonly required: boolean;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

export interface RunInstruction extends Written {
  readonly kind: 'run';
  readonly command: CommandLine;
  readonly heredocs: readonly Heredoc[];
  /** As written, since their values may hold variables: parse with parseMount(). */
  readonly mounts: readonly string[];
  readonly network: 'default' | 'none' | 'host';
  readonly security: 'sandbox' | 'insecure';
  readonly devices: readonly string[];
}

interface Transfer extends Written {
  readonly sources: readonly string[];
  readonly destination: string;
  /** Files whose content stands in the Dockerfile. */
  readonly heredocs: readonly Heredoc[];
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean;
  readonly excludes: readonly string[];
}

export interface CopyInstruction extends Transfer {
  readonly kind: 'copy';
  readonly from: string | undefined;
  readonly parents: boolean;
}

export interface AddInstruction extends Transfer {
  readonly kind: 'add';
  readonly checksum: string | undefined;
  /** Undefined: as the build says. */
  readonly keepGitDir: boolean | undefined;
  /** Undefined: local archives are unpacked, downloaded ones are not. */
  readonly unpack: boolean | undefined;
}

export interface ArgInstruction extends Written {
  readonly kind: 'arg';
  readonly args: readonly { readonly name: string; readonly value: string | undefined }[];
  readonly comment: string | undefined;
  /** Comment lines stand directly above, whatever they say. */
  readonly isCommented: boolean;
}

export interface PairsInstruction extends Written {
  readonly kind: 'env' | 'label';
  readonly pairs: readonly Pair[];
  /** Written as `NAME VALUE`, without `=`. */
  readonly spaced: boolean;
}

export interface CommandInstruction extends Written {
  readonly kind: 'cmd' | 'entrypoint';
  /** Undefined when nothing follows. */
  readonly command: CommandLine | undefined;
}

export interface WordInstruction extends Written {
  readonly kind: 'user' | 'workdir' | 'stopsignal' | 'maintainer';
  readonly word: string;
}

export interface WordsInstruction extends Written {
  readonly kind: 'expose' | 'volume';
  readonly words: readonly string[];
}

export interface ShellInstruction extends Written {
  readonly kind: 'shell';
  readonly words: readonly string[];
}

export interface OnbuildInstruction extends Written {
  readonly kind: 'onbuild';
  /** The trigger as the image keeps it. */
  readonly trigger: string;
}

/** Times are nanoseconds. */
export interface Healthcheck {
  readonly Test: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export interface HealthcheckInstruction extends Written {
  readonly kind: 'healthcheck';
  readonly check: Healthcheck;
  /** The form of its command; undefined for NONE. */
  readonly form: CommandLine['form'] | undefined;
}

export type Instruction =
  | FromInstruction
  | RunInstruction
  | CopyInstruction
  | AddInstruction
  | ArgInstruction
  | PairsInstruction
  | CommandInstruction
  | WordInstruction
  | WordsInstruction
  | ShellInstruction
  | OnbuildInstruction
  | HealthcheckInstruction;

/** One build stage: its FROM and what follows it. */
export interface Stage {
  readonly index: number;
  /** In lower case; undefined when FROM gives none. */
  readonly name: string | undefined;
  readonly from: FromInstruction;
  readonly instructions: readonly Exclude<Instruction, FromInstruction>[];
  readonly range: SourceRange;
}

/** `# name=value` lines before all else. */
export interface Directives {
  readonly syntax: string | undefined;
  readonly escapeToken: '\\' | '`';
  readonly check: string | undefined;
}

export interface Dockerfile {
  readonly directives: Directives;
  /** ARGs before the first FROM. */
  readonly globalArgs: readonly ArgInstruction[];
  readonly stages: readonly Stage[];
  /** Instructions with an empty line inside of a continued one. */
  readonly emptyContinuations: readonly SourceRange[];
}
