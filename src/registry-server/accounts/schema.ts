/**
 * An account's generation is new whenever its secret is: what was issued under an older one is void. Robots belong to
 * a project and have their role in themselves; users are members of projects.
 */
export const accountSteps: readonly string[] = [
  `CREATE TABLE account (
     name TEXT PRIMARY KEY,
     secret TEXT NOT NULL,
     generation TEXT NOT NULL,
     is_admin INTEGER NOT NULL,
     created_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE project (
     name TEXT PRIMARY KEY,
     is_public INTEGER NOT NULL,
     quota_bytes INTEGER,
     retention TEXT NOT NULL DEFAULT '[]'
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE robot (
     account TEXT PRIMARY KEY REFERENCES account ON DELETE CASCADE,
     project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,
     role TEXT NOT NULL,
     expires_ms INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX robot_project ON robot (project);
   CREATE TABLE member (
     project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,
     account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
     role TEXT NOT NULL,
     PRIMARY KEY (project, account)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX member_account ON member (account);`,
];
