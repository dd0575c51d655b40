import {
  canCondense,
  defaultSourceSettings,
  evidenceReader,
  parseRuleset,
  reachOf,
  relevantTypes,
  traceMaker,
  type Evidence,
  type ProvenAnchors,
  type Reach,
  type Ruleset,
  type SourceRecord,
  type TraceMaker,
} from '@selfsame/core'
import { rulesetBody, sourcesOf, type Sql, type StoredSource } from '@selfsame/store'
import { withStoredSignatures } from './stored-signature.ts'

/** A space's published ruleset, compiled for its lane. */
export interface SpaceRules {
  readonly version: number
  readonly ruleset: Ruleset
  readonly read: (record: SourceRecord, proven?: ProvenAnchors) => Evidence
  readonly traces: TraceMaker
  readonly reach: ReadonlyMap<string, Reach>
  /** Types whose values the inverted index holds. */
  readonly indexed: ReadonlySet<string>
  /** Anchors and claims. */
  readonly keyTypes: ReadonlySet<string>
  /** Types whose sightings make a difference. */
  readonly relevant: ReadonlySet<string>
  /** Types that are attributes. */
  readonly attributes: ReadonlySet<string>
  /** false: golden records need every record of a trace. */
  readonly condenses: boolean
}

const rememberedForMs = 200

/** Compiled rules by space, for as long as neither the version nor a source changes. */
export class RulesCache {
  private readonly bySpace = new Map<string, { readonly stamp: string; readonly rules: SpaceRules }>()
  private readonly loadedAt = new Map<string, number>()

  /**
   * The rules as this process last knew them, which is at most `rememberedForMs` ago; null: look again. For reading what was
   * sent; what is stored goes by `load`.
   */
  recent(spaceId: string): SpaceRules | null {
    const at = this.loadedAt.get(spaceId)
    if (at === undefined || performance.now() - at > rememberedForMs) return null
    return this.bySpace.get(spaceId)?.rules ?? null
  }

  /** Makes this process look again at once. */
  forget(spaceId: string): void {
    this.loadedAt.delete(spaceId)
  }

  async load(sql: Sql, spaceId: string, version: number): Promise<SpaceRules> {
    const sources = await sourcesOf(sql, spaceId)
    const stamp = JSON.stringify([version, sources])
    const known = this.bySpace.get(spaceId)
    this.loadedAt.set(spaceId, performance.now())
    if (known?.stamp === stamp) return known.rules
    const body = await rulesetBody(sql, spaceId, version)
    if (body === null) throw new Error(`version ${version} of the ruleset is missing`)
    const rules = compileRules(body, version, sources)
    this.bySpace.set(spaceId, { stamp, rules })
    return rules
  }
}

export function compileRules(body: string, version: number, sources: readonly StoredSource[]): SpaceRules {
  const parsed = parseRuleset(body)
  if (!parsed.ok) {
    throw new Error(`version ${version} of the ruleset has faults: ${parsed.issues.map(({ code }) => code).join(', ')}`)
  }
  const ruleset = rulesetOfSpace(parsed.ruleset, sources)
  const condenses = canCondense(ruleset)
  const reach = reachOf(ruleset)
  return {
    version,
    ruleset,
    read: evidenceReader(ruleset),
    traces: withStoredSignatures(traceMaker(ruleset, condenses)),
    reach,
    keyTypes: new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name]))),
    indexed: new Set([
      ...ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])),
      ...reach.keys(),
    ]),
    relevant: relevantTypes(ruleset),
    attributes: new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [name] : []))),
    condenses,
  }
}

/** What a key was made for counts beside what the ruleset says of its source: the stricter of the two. */
export function rulesetOfSpace(ruleset: Ruleset, sources: readonly StoredSource[]): Ruleset {
  const merged = new Map(ruleset.sources)
  for (const stored of sources) {
    const written = ruleset.sources.get(stored.source) ?? defaultSourceSettings
    const isPublic = stored.class === 'public' || written.class === 'public'
    const isUntrusted = isPublic || stored.trust === 'untrusted' || written.trust === 'untrusted'
    merged.set(stored.source, {
      ...written,
      class: isPublic ? 'public' : 'server',
      trust: isUntrusted ? 'untrusted' : 'trusted',
    })
  }
  return { ...ruleset, sources: merged }
}
