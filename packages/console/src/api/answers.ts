import type * as contract from '@selfsame/contract'
import type { z } from 'zod'

/** What the public interface answers, by the shapes that it is checked with. */
type Of<Shape extends z.ZodType> = z.output<Shape>
type Item<Shape extends z.ZodType<{ items: unknown[] }>> = Of<Shape>['items'][number]

export type {
  Candidate,
  Change,
  GraphAnswer,
  Identifier,
  IdentityRule,
  ProfileAnswer,
  ProfileSummary,
} from '@selfsame/contract'
export type Found = Item<typeof contract.searchAnswer>
export type Looked = Of<typeof contract.lookupAnswer>
export type StoredRecord = Of<typeof contract.storedRecord>
export type RecentRecord = Item<typeof contract.recordsAnswer>
export type Link = Of<typeof contract.link>
export type HeldLink = Of<typeof contract.heldLink>
export type GoldenField = Of<typeof contract.goldenField>
export type SideBySide = Of<typeof contract.candidateAnswer>
export type Unresolved = Item<typeof contract.unresolvedAnswer>
export type SharedValue = Item<typeof contract.sharedValuesAnswer>
export type RejectedValues = Of<typeof contract.blockedValuesAnswer>
export type RulesetVersion = Item<typeof contract.rulesetsAnswer>
export type Ruleset = Of<typeof contract.rulesetAnswer>
export type RulesetCheck = Of<typeof contract.rulesetCheck>
export type RulesetIssue = Of<typeof contract.rulesetIssue>
export type DraftAnswer = Of<typeof contract.draftAnswer>
export type Publication = Of<typeof contract.publication>
export type MappingPreview = Of<typeof contract.mappingPreview>
export type PreviewAnswer = Of<typeof contract.previewAnswer>
export type Samples = Of<typeof contract.samplesAnswer>
export type WrittenMapping = Of<typeof contract.writtenMapping>
export type Metrics = Of<typeof contract.metricsAnswer>
export type Run = Of<typeof contract.run>
export type RunSummary = Of<typeof contract.runSummary>
export type Simulation = Of<typeof contract.simulation>
export type PlanReport = Of<typeof contract.planReport>
export type Decided = Of<typeof contract.decisionAnswer>
export type DecidedMany = Of<typeof contract.decideAnswer>
export type Decision = Of<typeof contract.decisionRow>
export type Explanation = Of<typeof contract.explainAnswer>
export type DeadLetter = Of<typeof contract.deadLetter>
export type Space = Of<typeof contract.spaceShape>
export type Source = Of<typeof contract.sourceShape>
export type Key = Of<typeof contract.keyShape>
export type User = Of<typeof contract.userShape>
export type AuditEntry = Of<typeof contract.auditEntryShape>
export type Series = Of<typeof contract.seriesAnswer>
export type Resolution = Of<typeof contract.resolutionAnswer>
export type RuleReport = Of<typeof contract.ruleReport>
export type Audience = Of<typeof contract.audience>
export type AudienceRule = Of<typeof contract.audienceRule>
export type AudienceMember = Item<typeof contract.audienceMembersAnswer>
export type ErasureReport = Of<typeof contract.erasureAnswer>
export type Erasure = Item<typeof contract.erasuresAnswer>
