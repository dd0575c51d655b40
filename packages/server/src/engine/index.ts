export * from './create-engine.ts'
export * from './engine.ts'
export { UnknownSpace } from './ingest-group.ts'
export { defaultLaneLimits, type LaneLimits } from './lane.ts'
