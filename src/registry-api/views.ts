import type { Role } from './roles.ts';

/** Every answer that is no success. */
export interface FailureView {
  readonly message: string;
}

/** Who is logged in, and the word that a browser must say with every change (`X-CSRF-Token`). */
export interface SessionView {
  readonly user: string;
  readonly isAdmin: boolean;
  readonly csrf: string;
}

export interface UserView {
  readonly name: string;
  /** Whether the user administers the whole registry. */
  readonly isAdmin: boolean;
  readonly createdMs: number;
}

export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly isAdmin?: boolean;
}

export interface ProjectView {
  readonly name: string;
  /** Whether everybody may pull. */
  readonly isPublic: boolean;
  readonly quotaBytes?: number;
  readonly usedBytes: number;
  readonly repositories: number;
  /** Of the one who asks; absent for one who only sees it because it is public. */
  readonly role?: Role;
}

export interface NewProject {
  readonly name: string;
  readonly isPublic?: boolean;
  readonly quotaBytes?: number;
}

/** Absent: as it is; null: without a quota of its own. */
export interface ProjectChange {
  readonly isPublic?: boolean;
  readonly quotaBytes?: number | null;
}

export interface MemberView {
  readonly user: string;
  readonly role: Role;
}

/** An account for machines, of one project. Its full name, `PROJECT+NAME`, is what it logs in with. */
export interface RobotView {
  readonly fullName: string;
  readonly role: Role;
  readonly createdMs: number;
  /** Absent: it does not expire. */
  readonly expiresMs?: number;
}

export interface NewRobot {
  readonly name: string;
  readonly role: Role;
  readonly expiresMs?: number;
}

/** Told once, when the robot is made. */
export interface RobotWithToken extends RobotView {
  readonly token: string;
}

/**
 * Which tags go. Of the rules of a project the first that fits a tag decides; a rule with neither limit keeps it.
 * In patterns `*` stands for any characters.
 */
export interface RetentionRule {
  /** Of repositories' names without the project; absent: all. */
  readonly repositories?: string;
  readonly tags: string;
  /** Tags go that were set longer ago. */
  readonly olderThanMs?: number;
  /** So many of the newest that fit the rule stay, in each repository. */
  readonly keepNewest?: number;
}

export interface RepositoryView {
  readonly name: string;
  readonly tags: number;
  readonly updatedMs: number;
}

export interface TagView {
  readonly name: string;
  readonly digest: string;
  /** Of its manifest and of all that this is made of. */
  readonly totalBytes: number;
  readonly updatedMs: number;
}

export interface LayerView {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

export interface ManifestView {
  readonly digest: string;
  readonly mediaType: string;
  /** Of its document and of all that it is made of, each counted once. */
  readonly totalBytes: number;
  readonly layers: readonly LayerView[];
  /** Of an index, with what each is for: `linux/amd64`. */
  readonly manifests: readonly (LayerView & { readonly platform?: string })[];
  readonly pushedMs: number;
  readonly pulledMs?: number;
}

/** What went. */
export interface CollectedView {
  /** `REPOSITORY:TAG`. */
  readonly tags: readonly string[];
}
