import { standardizerNames, comparatorNames, survivorshipNames } from './ruleset.ts'

const text = { type: 'string', minLength: 1 }
const orNothing = (schema: object) => ({ anyOf: [schema, { type: 'null' }] })
/** A text where a number or a truth value is read as one. */
const word = { type: ['string', 'number', 'boolean'], minLength: 1 }
const anyWords = { anyOf: [word, { type: 'array', items: word }] }
const words = { anyOf: [word, { type: 'array', items: word, minItems: 1 }] }
const oneWord = { anyOf: [word, { type: 'array', items: word, minItems: 1, maxItems: 1 }] }
const duration = {
  type: 'string',
  pattern: '^\\s*\\d{1,9} ?(ms|s|m|h|d|w|y)\\s*$',
  description: 'A length of time such as 30m, 12h, 90d, 4w or 1y (365 days).',
}
const share = { type: 'number', minimum: 0, maximum: 1 }
const count = (minimum: number) => ({ type: 'integer', minimum })
const choice = (values: readonly string[], description: string) => ({ enum: [...values], description })
const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length > 0 ? { required: [...required] } : {}),
  properties,
})

const filters = {
  contains: oneWord,
  equals: oneWord,
  starts_with: oneWord,
  ends_with: oneWord,
  one_of: words,
}

const mapping = object(
  {
    when: {
      ...orNothing({ type: 'string', pattern: '^[a-z0-9_]+$' }),
      description: 'Event name in snake_case. Left out: any event, any row.',
    },
    read: { ...text, description: 'Dot path of word segments into the payload; for a table a column header.' },
    to: { ...text, description: 'An identifier of the ruleset, first_name, last_name, display_name, or trait.' },
    key: {
      ...orNothing({ type: 'string', pattern: '^[A-Za-z0-9_]+$' }),
      description: 'Key of the trait, where to is trait.',
    },
    verified: {
      type: 'boolean',
      description: 'Whether a claim counts as verified. Left out: as the source is trusted.',
    },
    precedence: {
      type: ['number', 'null'],
      minimum: -1e9,
      maximum: 1e9,
      description: 'Lower runs first and fills a name or trait first. Default: place in the list.',
    },
    enabled: { type: 'boolean', default: true },
    shared: { type: 'boolean', default: false, description: 'The conversation_id is not confined to its source.' },
  },
  ['read', 'to'],
)

const source = object({
  key: { ...words, description: 'Primary key column or columns of a table.' },
  observed_at: {
    ...orNothing(text),
    description: 'Column or path of the time of observation: ISO 8601, or seconds or milliseconds since 1970.',
  },
  class: choice(['server', 'public'], 'public: its write key sits in a browser or app. Default server.'),
  trust: choice(
    ['trusted', 'untrusted'],
    'What the verified of a mapping defaults to. Default trusted; untrusted for a public source.',
  ),
  mappings: {
    type: 'array',
    items: mapping,
    description: 'Left out: the default mapping. Empty: nothing but envelope anchors is read.',
  },
})

const identifier = object(
  {
    name: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' },
    kind: choice(
      ['anchor', 'claim', 'attribute'],
      'anchor: links on sight. claim: links when verified. attribute: only beside other criteria.',
    ),
    standardize: {
      anyOf: [{ enum: [...standardizerNames] }, { type: 'array', items: { enum: [...standardizerNames] } }],
    },
    max_unique_values: {
      ...orNothing(count(1)),
      description: 'Conflict limit: distinct active values a profile may hold. Left out: no limit.',
    },
    when_exceeded: choice(
      ['hold', 'block'],
      'hold: the junior cluster is held apart. block: the whole group stays apart. Default hold.',
    ),
    stronger_rules: choice(['auto', 'never'], 'auto: a link on stronger evidence demotes the excess. Default auto.'),
    blocked_values: { ...anyWords, description: 'Exact text, * glob, or /pattern/ of linear time (RE2).' },
    shared_when: {
      type: 'object',
      additionalProperties: count(1),
      description: 'Quarantine: identifier → most distinct values its verified records may hold.',
    },
    allowed_values: { ...anyWords, description: 'Values that are never shared, however many carry them: exact text.' },
    derive: object(
      {
        from: words,
        as: {
          anyOf: [
            {
              enum: [
                'sorted_tokens',
                'year',
                'double_metaphone',
                'digits',
                'first_number',
                'join',
                'words',
                'first_letters',
              ],
            },
            object({ first_letters: { type: 'integer', minimum: 1, maximum: 100 } }, ['first_letters']),
          ],
        },
        length: { type: 'integer', minimum: 1, maximum: 100 },
      },
      ['from', 'as'],
    ),
    stitch: {
      type: 'boolean',
      default: true,
      description: 'false: an anchor without a rule of its own does not link by itself.',
    },
  },
  ['name'],
)

const criterion = {
  ...object({
    exact: words,
    fuzzy_medium: words,
    fuzzy_strong: words,
    similar: words,
    where: object({ ...filters, not: object(filters) }),
    by: choice(comparatorNames, 'Comparator of a similar criterion.'),
    at_least: { ...share, description: 'Smallest similarity that matches, inclusive.' },
    at_most: {
      anyOf: [duration, { type: 'number', minimum: 0 }],
      description: 'Largest distance that matches: edits, a length of time, or a number.',
    },
    missing: choice(['match', 'fail'], 'match: a side without a value passes. Default fail.'),
  }),
  oneOf: [
    { required: ['exact'] },
    { required: ['fuzzy_medium'] },
    { required: ['fuzzy_strong'] },
    { required: ['similar'] },
  ],
}

const rule = object(
  {
    name: orNothing(text),
    match: { type: 'array', minItems: 1, items: criterion, description: 'AND.' },
    within: { ...orNothing(duration), description: 'Time window: the sightings that meet lie no farther apart.' },
    max_group_size: { ...orNothing(count(2)), description: 'Most profiles joined in one step by this rule.' },
    compare: choice(
      ['profile', 'record'],
      'profile: values may come from different records of a profile. Default profile.',
    ),
    action: choice(['merge', 'review'], 'review: every link goes to the merge review. Default merge.'),
    enabled: { type: 'boolean', default: true },
  },
  ['match'],
)

const survivorship = {
  anyOf: [
    { enum: survivorshipNames.filter((name) => name !== 'source_priority') },
    object({ source_priority: words }, ['source_priority']),
  ],
}

/**
 * JSON Schema (draft 2020-12) of the ruleset file. It says what a schema can say; references between parts of the file, and
 * that fuzzy evidence needs exact evidence beside it, are checked by `parseRuleset` alone.
 */
export const rulesetJsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Selfsame ruleset',
  ...object(
    {
      version: { const: 1 },
      default_country: {
        type: 'string',
        pattern: '^[A-Z]{2}$',
        default: 'US',
        description: 'ISO 3166-1 alpha-2; national phone spellings belong to it.',
      },
      date_order: choice(['dmy', 'mdy', 'ymd'], 'For dates that do not say. Default mdy.'),
      max_backdate: {
        ...orNothing(duration),
        default: '7d',
        description: 'How far an untrusted source may date back.',
      },
      built_in_blocked_values: { type: 'boolean', default: true },
      fuzzy: object({ medium: { ...orNothing(share), default: 0.88 }, strong: { ...orNothing(share), default: 0.94 } }),
      sources: { type: ['object', 'null'], additionalProperties: { anyOf: [source, { type: 'null' }] } },
      identifiers: {
        type: 'array',
        items: identifier,
        description: 'Strongest first. Left out: the default identifiers.',
      },
      rules: { type: 'array', items: rule, description: 'OR, strongest first. Left out: the default rules.' },
      merge: object({
        strategy: choice(['most_recent', 'primary', 'manual_review'], 'Default most_recent.'),
        primary: choice(['oldest', 'most_complete'], 'Default oldest.'),
        fields: { type: 'object', additionalProperties: survivorship },
        review_on_conflict: anyWords,
        unresolved: choice(
          ['separate', 'exclude'],
          'exclude: refused records are left out of the golden records. Default separate.',
        ),
      }),
      automatic: { type: 'boolean', default: true, description: 'false: only rules made of anchors alone merge.' },
      crowd_above: {
        type: 'integer',
        minimum: 1,
        default: 1000,
        description: 'Traces that may carry a value unverified; where more do, those sightings meet nobody.',
      },
    },
    ['version'],
  ),
} as const
