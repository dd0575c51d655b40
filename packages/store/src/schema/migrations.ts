import type { Dialect } from '../sql/sql.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly statements: (dialect: Dialect) => readonly string[]
}

/** All migrations, in one numbering for both databases. A released one is never changed. */
export const migrations: readonly Migration[] = [{ version: 1, name: 'first tables', statements: firstTables }]

export const schemaVersion = migrations.length

/** Tables that hold rows of single spaces, `keys` among them; `spaces` itself comes last. */
export function tablesOfSpace(dialect: Dialect): readonly string[] {
  const created = migrations
    .flatMap(({ statements }) => statements(dialect))
    .flatMap((statement) => /^CREATE TABLE (\w+) \(\s*space_id /.exec(statement)?.[1] ?? [])
  return ['keys', ...created.filter((table) => table !== 'spaces'), 'spaces']
}

/**
 * Every table of a space begins its primary key with `space_id`: the schema distributes by it, and no statement ever leaves a
 * space. Tables of the workspace hold no data of customers. No foreign keys, triggers or sequences.
 */
function firstTables(dialect: Dialect): readonly string[] {
  const text = dialect === 'sqlite' ? 'TEXT' : 'TEXT COLLATE "C"'
  const int = dialect === 'sqlite' ? 'INTEGER' : 'BIGINT'
  const real = dialect === 'sqlite' ? 'REAL' : 'DOUBLE PRECISION'
  const end = dialect === 'sqlite' ? ') WITHOUT ROWID' : ')'
  // Long rows under keys that come in no order are appended, and only their keys are sorted.
  const endOfLong = ')'
  return [
    `CREATE TABLE workspaces (
      workspace_id ${text} NOT NULL PRIMARY KEY, name ${text} NOT NULL, created_at ${int} NOT NULL ${end}`,
    `CREATE TABLE users (
      user_id ${text} NOT NULL PRIMARY KEY, workspace_id ${text} NOT NULL, name ${text} NOT NULL, role ${text} NOT NULL,
      password_hash ${text}, disabled_at ${int}, created_at ${int} NOT NULL ${end}`,
    `CREATE UNIQUE INDEX users_by_name ON users (workspace_id, name)`,
    `CREATE TABLE sign_in_links (
      token_hash ${text} NOT NULL PRIMARY KEY, user_id ${text} NOT NULL, created_at ${int} NOT NULL,
      expires_at ${int} NOT NULL, used_at ${int} ${end}`,
    `CREATE TABLE sign_in_sessions (
      token_hash ${text} NOT NULL PRIMARY KEY, user_id ${text} NOT NULL, csrf_token ${text} NOT NULL,
      created_at ${int} NOT NULL, expires_at ${int} NOT NULL, ended_at ${int} ${end}`,
    `CREATE INDEX sign_in_sessions_by_user ON sign_in_sessions (user_id)`,
    `CREATE TABLE sign_in_attempts (
      subject ${text} NOT NULL PRIMARY KEY, failures ${int} NOT NULL, window_began_at ${int} NOT NULL,
      refused_until ${int} NOT NULL ${end}`,
    `CREATE TABLE keys (
      key_hash ${text} NOT NULL PRIMARY KEY, key_id ${text} NOT NULL, workspace_id ${text} NOT NULL,
      kind ${text} NOT NULL, class ${text}, role ${text}, source ${text}, space_id ${text}, last4 ${text} NOT NULL,
      label ${text}, created_at ${int} NOT NULL, created_by ${text} NOT NULL, expires_at ${int}, revoked_at ${int},
      replaced_by ${text}, last_used_at ${int} ${end}`,
    `CREATE UNIQUE INDEX keys_by_id ON keys (key_id)`,
    `CREATE INDEX keys_by_workspace ON keys (workspace_id, created_at, key_id)`,
    `CREATE TABLE spaces (
      space_id ${text} NOT NULL PRIMARY KEY, workspace_id ${text} NOT NULL, name ${text} NOT NULL, secret ${text} NOT NULL,
      clock ${int} NOT NULL, record_seq ${int} NOT NULL, change_seq ${int} NOT NULL, ruleset_version ${int} NOT NULL,
      created_at ${int} NOT NULL, restored_at ${int} ${end}`,
    `CREATE UNIQUE INDEX spaces_by_workspace ON spaces (workspace_id, name)`,
    `CREATE TABLE members (
      space_id ${text} NOT NULL, user_id ${text} NOT NULL, role ${text} NOT NULL, created_at ${int} NOT NULL,
      PRIMARY KEY (space_id, user_id) ${end}`,
    `CREATE INDEX members_by_user ON members (user_id, space_id)`,
    `CREATE TABLE sources (
      space_id ${text} NOT NULL, source ${text} NOT NULL, class ${text} NOT NULL, trust ${text} NOT NULL,
      proof_secret ${text} NOT NULL, created_at ${int} NOT NULL, last_record_at ${int}, browser_seen_at ${int},
      disconnected_at ${int},
      PRIMARY KEY (space_id, source) ${end}`,
    `CREATE TABLE rulesets (
      space_id ${text} NOT NULL, version ${int} NOT NULL, body ${text} NOT NULL, note ${text}, actor ${text} NOT NULL,
      created_at ${int} NOT NULL, PRIMARY KEY (space_id, version) ${end}`,
    `CREATE TABLE ruleset_drafts (
      space_id ${text} NOT NULL PRIMARY KEY, body ${text} NOT NULL, revision ${int} NOT NULL, based_on ${int} NOT NULL,
      actor ${text} NOT NULL, updated_at ${int} NOT NULL, dropped ${int} NOT NULL ${end}`,
    `CREATE TABLE records (
      space_id ${text} NOT NULL, source ${text} NOT NULL, record_key ${text} NOT NULL, seq ${int} NOT NULL,
      kind ${text} NOT NULL, event ${text}, trace_id ${text}, observed_at ${int}, effective_at ${int} NOT NULL,
      received_at ${int} NOT NULL, first_effective_at ${int} NOT NULL, payload ${text} NOT NULL, payload_key ${text},
      proven ${text}, withdrawn ${int} NOT NULL, PRIMARY KEY (space_id, source, record_key) ${endOfLong}`,
    `CREATE UNIQUE INDEX records_by_seq ON records (space_id, seq)`,
    `CREATE INDEX records_by_trace ON records (space_id, trace_id, effective_at, source, record_key)`,
    `CREATE TABLE traces (
      space_id ${text} NOT NULL, trace_id ${text} NOT NULL, signature ${text} NOT NULL, source ${text} NOT NULL,
      kind ${text} NOT NULL, senior_at ${int} NOT NULL, senior_key ${text} NOT NULL, first_at ${int} NOT NULL,
      last_at ${int} NOT NULL, record_count ${int} NOT NULL, first_seq ${int} NOT NULL, first_key ${text} NOT NULL,
      forms_profile ${int} NOT NULL, profile_id ${text}, sightings ${text} NOT NULL, golden ${text} NOT NULL,
      unresolved_reason ${text}, conflict_reasons ${text}, saved_at ${int} NOT NULL, PRIMARY KEY (space_id, trace_id) ${endOfLong}`,
    `CREATE INDEX traces_by_signature ON traces (space_id, signature)`,
    `CREATE INDEX traces_by_profile ON traces (space_id, profile_id, trace_id)`,
    `CREATE INDEX traces_unresolved ON traces (space_id, trace_id) WHERE unresolved_reason IS NOT NULL`,
    `CREATE TABLE sightings (
      space_id ${text} NOT NULL, type ${text} NOT NULL, value ${text} NOT NULL, trace_id ${text} NOT NULL,
      verified ${int} NOT NULL, PRIMARY KEY (space_id, type, value, trace_id) ${end}`,
    `CREATE TABLE identifier_values (
      space_id ${text} NOT NULL, type ${text} NOT NULL, value ${text} NOT NULL, verified_traces ${int} NOT NULL,
      unverified_traces ${int} NOT NULL, shared_because ${text}, shared_count ${int}, shared_limit ${int},
      PRIMARY KEY (space_id, type, value) ${end}`,
    `CREATE INDEX values_shared ON identifier_values (space_id, type, value) WHERE shared_because IS NOT NULL`,
    `CREATE TABLE profiles (
      space_id ${text} NOT NULL, profile_id ${text} NOT NULL, status ${text} NOT NULL, record_source ${text} NOT NULL,
      record_key ${text} NOT NULL, trace_count ${int} NOT NULL, record_count ${int} NOT NULL, source_count ${int} NOT NULL,
      key_count ${int} NOT NULL, first_seen ${int}, last_seen ${int}, golden ${text} NOT NULL, demoted ${text} NOT NULL, inactive ${text} NOT NULL,
      shown_name ${text}, merged_into ${text}, plain ${int} NOT NULL, created_at ${int} NOT NULL, updated_at ${int} NOT NULL,
      PRIMARY KEY (space_id, profile_id) ${endOfLong}`,
    `CREATE INDEX profiles_by_update ON profiles (space_id, updated_at, profile_id) WHERE status = 'active'`,
    `CREATE INDEX profiles_by_name ON profiles (space_id, lower(shown_name), profile_id) WHERE status = 'active' AND shown_name IS NOT NULL`,
    `CREATE INDEX profiles_taken_over ON profiles (space_id, merged_into) WHERE merged_into IS NOT NULL`,
    `CREATE INDEX profiles_of_many_keys ON profiles (space_id, profile_id) WHERE status = 'active' AND key_count > 1`,
    `CREATE TABLE links (
      space_id ${text} NOT NULL, left_trace ${text} NOT NULL, right_trace ${text} NOT NULL, rule ${text} NOT NULL,
      stage ${int} NOT NULL, decision_id ${text}, type ${text} NOT NULL, value ${text} NOT NULL,
      ruleset_version ${int} NOT NULL, PRIMARY KEY (space_id, left_trace, right_trace) ${end}`,
    `CREATE INDEX links_by_right ON links (space_id, right_trace)`,
    `CREATE TABLE held_links (
      space_id ${text} NOT NULL, cluster_profile ${text} NOT NULL, refused_by_profile ${text} NOT NULL, rule ${text} NOT NULL,
      stage ${int} NOT NULL, type ${text} NOT NULL, value ${text} NOT NULL, guard ${text} NOT NULL, reasons ${text} NOT NULL,
      is_group ${int} NOT NULL, PRIMARY KEY (space_id, cluster_profile, refused_by_profile) ${end}`,
    `CREATE INDEX held_links_by_refusing ON held_links (space_id, refused_by_profile)`,
    `CREATE TABLE candidates (
      space_id ${text} NOT NULL, survivor_profile ${text} NOT NULL, session_profile ${text} NOT NULL,
      candidate_id ${text} NOT NULL, rule ${text} NOT NULL, stage ${int} NOT NULL, reason ${text} NOT NULL,
      type ${text} NOT NULL, value ${text} NOT NULL, confidence ${real} NOT NULL, trust ${real} NOT NULL,
      rarity ${real} NOT NULL, agreement ${real} NOT NULL, limits ${real} NOT NULL, seen_count ${int} NOT NULL,
      last_seen ${int} NOT NULL, first_shown_at ${int} NOT NULL, reach ${int} NOT NULL,
      PRIMARY KEY (space_id, survivor_profile, session_profile) ${end}`,
    `CREATE UNIQUE INDEX candidates_by_id ON candidates (space_id, candidate_id)`,
    `CREATE INDEX candidates_by_session ON candidates (space_id, session_profile)`,
    `CREATE INDEX candidates_by_time ON candidates (space_id, last_seen, candidate_id)`,
    `CREATE INDEX candidates_by_age ON candidates (space_id, first_shown_at, candidate_id)`,
    `CREATE INDEX candidates_by_confidence ON candidates (space_id, confidence, candidate_id)`,
    `CREATE INDEX candidates_by_reach ON candidates (space_id, reach, candidate_id)`,
    `CREATE TABLE aliases (
      space_id ${text} NOT NULL, source ${text} NOT NULL, record_key ${text} NOT NULL, at ${int} NOT NULL,
      user_id ${text} NOT NULL, previous_id ${text} NOT NULL, PRIMARY KEY (space_id, source, record_key) ${end}`,
    `CREATE INDEX aliases_by_user ON aliases (space_id, user_id)`,
    `CREATE INDEX aliases_by_previous ON aliases (space_id, previous_id)`,
    `CREATE TABLE decisions (
      space_id ${text} NOT NULL, decision_id ${text} NOT NULL, kind ${text} NOT NULL, decided_at ${int} NOT NULL,
      actor ${text} NOT NULL, reason ${text}, candidate_id ${text}, body ${text} NOT NULL, outcome ${text} NOT NULL,
      record_seq ${int} NOT NULL, reverted_at ${int}, reverted_by ${text}, revert_reason ${text},
      PRIMARY KEY (space_id, decision_id) ${endOfLong}`,
    `CREATE INDEX decisions_by_time ON decisions (space_id, decided_at, decision_id)`,
    `CREATE INDEX decisions_by_candidate ON decisions (space_id, candidate_id, decided_at) WHERE candidate_id IS NOT NULL`,
    // Which trace a named record is in is kept beside it: a trace may have a million records.
    `CREATE TABLE decision_records (
      space_id ${text} NOT NULL, decision_id ${text} NOT NULL, source ${text} NOT NULL, record_key ${text} NOT NULL,
      trace_id ${text}, PRIMARY KEY (space_id, decision_id, source, record_key) ${end}`,
    `CREATE INDEX decision_records_by_trace ON decision_records (space_id, trace_id, decision_id)`,
    `CREATE INDEX decision_records_by_record ON decision_records (space_id, source, record_key)`,
    `CREATE TABLE erasures (
      space_id ${text} NOT NULL, erasure_id ${text} NOT NULL, at ${int} NOT NULL, actor ${text} NOT NULL,
      profile_ids ${text} NOT NULL, record_count ${int} NOT NULL, hash_count ${int} NOT NULL, lifted_at ${int},
      lifted_by ${text}, PRIMARY KEY (space_id, erasure_id) ${end}`,
    `CREATE TABLE suppressions (
      space_id ${text} NOT NULL, hash ${text} NOT NULL, erasure_id ${text} NOT NULL,
      PRIMARY KEY (space_id, hash, erasure_id) ${end}`,
    `CREATE INDEX suppressions_by_erasure ON suppressions (space_id, erasure_id)`,
    `CREATE TABLE changes (
      space_id ${text} NOT NULL, seq ${int} NOT NULL, at ${int} NOT NULL, kind ${text} NOT NULL, profile_id ${text} NOT NULL,
      others ${text} NOT NULL, cause ${text} NOT NULL, PRIMARY KEY (space_id, seq) ${end}`,
    `CREATE INDEX changes_by_profile ON changes (space_id, profile_id, seq)`,
    `CREATE TABLE audit (
      space_id ${text} NOT NULL, seq ${int} NOT NULL, at ${int} NOT NULL, actor ${text} NOT NULL, action ${text} NOT NULL,
      object ${text} NOT NULL, details ${text} NOT NULL, previous_hash ${text} NOT NULL, hash ${text} NOT NULL,
      PRIMARY KEY (space_id, seq) ${end}`,
    `CREATE TABLE dead_letters (
      space_id ${text} NOT NULL, letter_id ${text} NOT NULL, source ${text} NOT NULL, received_at ${int} NOT NULL,
      kind ${text} NOT NULL, call ${text}, sent_at ${int}, code ${text} NOT NULL, message_id ${text}, payload ${text} NOT NULL, replayed_at ${int},
      PRIMARY KEY (space_id, letter_id) ${end}`,
    `CREATE INDEX dead_letters_by_time ON dead_letters (space_id, received_at, letter_id)`,
    `CREATE TABLE metrics (
      space_id ${text} NOT NULL, name ${text} NOT NULL, label ${text} NOT NULL, hour ${int} NOT NULL, value ${int} NOT NULL,
      PRIMARY KEY (space_id, name, label, hour) ${end}`,
    `CREATE TABLE runs (
      space_id ${text} NOT NULL, run_id ${text} NOT NULL, kind ${text} NOT NULL, state ${text} NOT NULL, actor ${text} NOT NULL,
      started_at ${int} NOT NULL, finished_at ${int}, seen_at ${int} NOT NULL, progress ${text} NOT NULL, summary ${text},
      PRIMARY KEY (space_id, run_id) ${end}`,
    `CREATE TABLE audiences (
      space_id ${text} NOT NULL, audience_id ${text} NOT NULL, name ${text} NOT NULL, rule ${text} NOT NULL,
      revision ${int} NOT NULL, created_at ${int} NOT NULL, created_by ${text} NOT NULL, updated_at ${int} NOT NULL,
      updated_by ${text} NOT NULL, PRIMARY KEY (space_id, audience_id) ${end}`,
    `CREATE UNIQUE INDEX audiences_by_name ON audiences (space_id, name)`,
    `CREATE INDEX runs_by_time ON runs (space_id, started_at, run_id)`,
  ]
}
