/** How `cp` copies. */
export interface CopyRules {
  /** A source that is a symbolic link stands for what it points to. */
  readonly follow: boolean;
  readonly keepOwners: boolean;
  readonly quiet: boolean;
}
