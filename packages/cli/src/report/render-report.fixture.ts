import type { RuleSummary, RunSummary, SampleProfile } from '@selfsame/batch'

const rule = (name: string, sentence: string, figures: Partial<RuleSummary>): RuleSummary => ({
  name, sentence, implicit: false, enabled: true, action: 'merge', stage: 1, applicable: 900, links: 0, validMatches: 0,
  conflicts: 0, candidates: 0, applicability: 0.75, validMatchRate: 0, conflictRate: 0, ...figures,
})

const sarah: SampleProfile = {
  rule: 'Same e-mail',
  profileId: 'p_7f3k9w2m5x8q',
  recordCount: 4,
  records: [
    { source: 'crm', key: '1042', observedAt: '2026-03-01T09:00:00.000Z', fields: [
      { name: 'email', value: 'Sarah.Johnson@example.com' }, { name: 'phone', value: '(555) 010-4567' },
      { name: 'first_name', value: 'Sarah' }, { name: 'last_name', value: 'Johnson' }, { name: 'plan', value: 'gold' }] },
    { source: 'shop', key: 'ORD-77120', observedAt: '2026-04-11T18:30:00.000Z', fields: [
      { name: 'email', value: 'sarah.johnson@example.com' }, { name: 'first_name', value: 'Sarah J.' }, { name: 'city', value: 'Austin' }] },
    { source: 'events', key: '9f1c-22ab', observedAt: '2026-04-12T07:05:00.000Z', fields: [
      { name: 'email', value: 'sarah.johnson@example.com' }, { name: 'anonymous_id', value: 'tablet-31' }] },
    { source: 'events', key: '9f1c-22d0', observedAt: '2026-04-12T07:04:00.000Z', fields: [{ name: 'anonymous_id', value: 'tablet-31' }, { name: 'page', value: '/menu' }] },
  ],
  links: [
    { left: 0, right: 1, rule: 'Same e-mail', type: 'email', value: 'sarah.johnson@example.com' },
    { left: 0, right: 2, rule: 'Same e-mail', type: 'email', value: 'sarah.johnson@example.com' },
    { left: 2, right: 3, rule: 'Same anonymous_id', type: 'anonymous_id', value: 'tablet-31' },
  ],
  golden: [
    { name: 'email', value: 'sarah.johnson@example.com' }, { name: 'phone', value: '(555) 010-4567' }, { name: 'first_name', value: 'Sarah' },
    { name: 'last_name', value: 'Johnson' }, { name: 'city', value: 'Austin' }, { name: 'plan', value: 'gold' },
  ],
}

const maria: SampleProfile = {
  rule: 'Same phone, similar last name',
  profileId: 'p_2b8d1n6v4t0r',
  recordCount: 2,
  records: [
    { source: 'crm', key: '88', observedAt: null, fields: [{ name: 'phone', value: '+1 555 010 0199' }, { name: 'last_name', value: 'Garcia' }] },
    { source: 'shop', key: 'ORD-5', observedAt: null, fields: [{ name: 'phone', value: '5550100199' }, { name: 'last_name', value: 'García' }] },
  ],
  links: [{ left: 0, right: 1, rule: 'Same phone, similar last name', type: 'phone', value: '+15550100199' }],
  golden: [{ name: 'phone', value: '5550100199' }, { name: 'last_name', value: 'García' }],
}

/** A run over three invented sources in which everything a report can show occurs. */
export const exampleSummary: RunSummary = {
  selfsame: 'resolve-run',
  summaryVersion: 1,
  run: { engine: '0.1.0', startedAt: '2026-11-23T10:00:00.000Z', finishedAt: '2026-11-23T10:00:02.400Z' },
  ruleset: {
    file: 'rules.yaml', sha256: 'ab'.repeat(32), text: 'version: 1\nrules:\n  - name: Same e-mail\n    match: [ { exact: email } ]\n',
    warnings: ['"Same birth date" merges on names or household fields alone; different people share these'],
  },
  output: {
    folder: '/home/ana/selfsame-out', format: 'csv', spreadsheetSafe: false,
    tables: [
      { name: 'identity_golden', file: 'identity_golden.csv', rows: 811 }, { name: 'identity_lookup', file: 'identity_lookup.csv', rows: 1201 },
      { name: 'identity_identifiers', file: 'identity_identifiers.csv', rows: 2110 }, { name: 'identity_links', file: 'identity_links.csv', rows: 393 },
      { name: 'identity_unresolved_records', file: 'identity_unresolved_records.csv', rows: 9 },
      { name: 'identity_review', file: 'identity_review.csv', rows: 6 }, { name: 'rejected', file: 'rejected.csv', rows: 3 },
    ],
  },
  counts: { lines: 1219, records: 1204, profiles: 790, rejected: 3, superseded: 12, unattributed: 21, mergedProfiles: 241, largestProfile: 34 },
  resolution: { unique: 519, matched: 634, conflict: 9, missing: 42 },
  profileSizes: [
    { from: 1, to: 1, profiles: 549, records: 549 }, { from: 2, to: 2, profiles: 160, records: 320 }, { from: 3, to: 3, profiles: 50, records: 150 },
    { from: 4, to: 4, profiles: 22, records: 88 }, { from: 5, to: 5, profiles: 8, records: 40 }, { from: 6, to: 10, profiles: 0, records: 0 },
    { from: 11, to: 20, profiles: 0, records: 0 }, { from: 21, to: 50, profiles: 1, records: 36 },
  ],
  sources: [
    {
      name: 'crm', files: [{ path: 'exports/crm.csv', format: 'csv', encoding: 'Latin-1 (windows-1252)', delimiter: ';', gzip: false, lines: 512 }],
      kind: 'rows', lines: 512, records: 500, rejected: 0, superseded: 12, profiles: 430, trust: 'trusted', class: 'server', key: ['id'], observedAt: 'updated_at',
      columns: [
        { name: 'id', role: 'key', to: null, verified: null, filled: 1 }, { name: 'updated_at', role: 'observed_at', to: null, verified: null, filled: 0.99 },
        { name: 'E-mail Address', role: 'identifier', to: 'email', verified: true, filled: 0.82 }, { name: 'Mobile', role: 'identifier', to: 'phone', verified: true, filled: 0.6 },
        { name: 'First name', role: 'attribute', to: 'first_name', verified: true, filled: 0.97 }, { name: 'agent_email', role: 'identifier', to: 'email', verified: false, filled: 0.3 },
        { name: 'plan', role: 'trait', to: 'plan', verified: null, filled: 0.4 },
      ],
    },
    {
      name: 'shop', files: [{ path: 'shop.parquet', format: 'parquet', encoding: null, delimiter: null, gzip: false, lines: 400 }],
      kind: 'rows', lines: 400, records: 400, rejected: 0, superseded: 0, profiles: 380, trust: 'trusted', class: 'server', key: [], observedAt: null,
      columns: [{ name: 'email', role: 'identifier', to: 'email', verified: true, filled: 0.9 }, { name: 'city', role: 'attribute', to: 'city', verified: true, filled: 0.8 }],
    },
    {
      name: 'events', files: [{ path: 'events.jsonl.gz', format: 'jsonl', encoding: 'UTF-8', delimiter: null, gzip: true, lines: 307 }],
      kind: 'events', lines: 307, records: 304, rejected: 3, superseded: 0, profiles: 190, trust: 'untrusted', class: 'public', key: ['messageId'], observedAt: 'timestamp',
      columns: [{ name: 'anonymousId', role: 'identifier', to: 'anonymous_id', verified: true, filled: 1 }, { name: 'traits.email', role: 'identifier', to: 'email', verified: false, filled: 0.2 }],
    },
  ],
  rules: [
    rule('Same customer_id', 'Customer id is the same', { implicit: true, stage: 1, applicable: 210, links: 12, validMatches: 24, applicability: 0.174, validMatchRate: 0.114, conflictRate: 0 }),
    rule('Same e-mail', 'Email field is the same', { stage: 2, applicable: 911, links: 310, validMatches: 520, conflicts: 6, candidates: 4, applicability: 0.757, validMatchRate: 0.571, conflictRate: 0.0066 }),
    rule('Same phone, similar last name', 'Phone is the same AND last name is very similar, seen within 90 days of each other, at most 3 profiles', {
      stage: 3, applicable: 420, links: 60, validMatches: 118, conflicts: 3, applicability: 0.349, validMatchRate: 0.281, conflictRate: 0.0071 }),
    rule('Same birth date, close name', 'Birth date is the same AND last name is similar (Jaro–Winkler ≥ 0.85) or missing, sent to review', {
      action: 'review', stage: 4, applicable: 90, candidates: 2, applicability: 0.075, validMatchRate: 0, conflictRate: 0 }),
    rule('Same anonymous_id', 'Anonymous id is the same', { implicit: true, stage: 5, applicable: 304, links: 11, validMatches: 30, applicability: 0.252, validMatchRate: 0.0987 }),
    rule('Same phone', 'Phone is the same', { enabled: false, stage: null, applicable: 420, applicability: 0.349, validMatchRate: null, conflictRate: null }),
  ],
  identifiers: [
    { type: 'customer_id', kind: 'anchor', priority: 1, records: 210, completeness: 0.174, profileCompleteness: 0.25, distinctValues: 198, rejected: [], blocked: 0, shared: 0, demoted: 0, maxUniqueValues: 1, conflictRate: 0 },
    { type: 'email', kind: 'claim', priority: 2, records: 911, completeness: 0.757, profileCompleteness: 0.81, distinctValues: 640, rejected: [{ code: 'email.malformed', values: 14 }], blocked: 31, shared: 1, demoted: 2, maxUniqueValues: 3, conflictRate: 0.0066 },
    { type: 'phone', kind: 'claim', priority: 3, records: 420, completeness: 0.349, profileCompleteness: 0.4, distinctValues: 377, rejected: [{ code: 'phone.impossible', values: 6 }, { code: 'phone.too_short', values: 2 }], blocked: 4, shared: 1, demoted: 0, maxUniqueValues: 2, conflictRate: 0.0071 },
    { type: 'anonymous_id', kind: 'anchor', priority: 4, records: 304, completeness: 0.252, profileCompleteness: 0.21, distinctValues: 220, rejected: [], blocked: 0, shared: 0, demoted: 0, maxUniqueValues: null, conflictRate: null },
  ],
  sharedValues: { total: 2, listed: [
    { type: 'phone', value: '+15550100100', records: 22, because: 'customer_id', count: 9, limit: 5 },
    { type: 'anonymous_id', value: 'kiosk-hall-3', records: 40, because: 'email', count: 17, limit: 5 }] },
  blockedValues: { total: 2, listed: [
    { type: 'email', value: 'test@test.com', records: 27, builtIn: true }, { type: 'email', value: 'noreply@shop.example', records: 4, builtIn: false }] },
  frequentValues: { total: 1, listed: [
    { type: 'email', value: 'support@shop.example', source: 'crm', records: 19, share: 0.038, rulesetLine: 'blocked_values: ["support@shop.example"]' }] },
  suspiciousProfiles: { total: 1, listed: [
    { profileId: 'p_big0000000001', records: 34, sources: 3, why: 'many_names', disagreements: [{ field: 'last_name', values: 7 }, { field: 'birth_date', values: 3 }] }] },
  samples: [sarah, maria],
  heldLinks: {
    total: 9,
    byReason: [
      { guard: 'conflict_limit', reason: 'customer_id has too many unique values (2 > limit of 1)', links: 6 },
      { guard: 'group_size', reason: 'the group has 5 profiles (limit of 3)', links: 3 }],
    listed: [{
      left: { source: 'crm', key: '31', profileId: 'p_a' }, right: { source: 'crm', key: '57', profileId: 'p_b' }, rule: 'Same e-mail', type: 'email',
      value: 'family@example.com', guard: 'conflict_limit', reasons: ['customer_id has too many unique values (2 > limit of 1)'] }],
  },
  candidates: {
    total: 6, notListed: 1,
    byReason: [{ reason: 'unverified_claim', candidates: 4 }, { reason: 'low_confidence', candidates: 2 }],
    listed: [{ survivorProfileId: 'p_2b8d1n6v4t0r', sessionProfileId: 'p_9zz81k', reason: 'unverified_claim', rule: 'Same e-mail', type: 'email', value: 'ana@example.com', confidence: 0.72, seenCount: 3 }],
  },
  unresolved: { total: 9, byReason: [{ reason: 'identifier_conflict', conflictReasons: 'customer_id has too many unique values (2 > limit of 1)', records: 9 }] },
  rejectedLines: { total: 3, byReason: [{ source: 'events', reason: 'is not JSON', lines: 3, firstLines: [17, 204, 299] }] },
  warnings: [
    { code: 'source.no_key', message: 'shop has no key column, so the line number is the key of each record.', remedy: 'Name the column under sources in the ruleset: shop: { key: order_id }.', source: 'shop' },
    { code: 'phone.unused', message: '420 records have a phone, and no enabled rule uses phones.', remedy: 'Set enabled: true on the rule "Same phone".', source: null },
  ],
  timings: {
    phases: [{ name: 'reading', ms: 700 }, { name: 'encoding', ms: 900 }, { name: 'resolving', ms: 150 }, { name: 'golden records', ms: 400 }, { name: 'writing', ms: 250 }],
    totalMs: 2400, rowsPerSecond: 507.9, peakMemoryBytes: 412_000_000, memoryLimitBytes: 4_000_000_000,
  },
}
