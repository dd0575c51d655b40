export { explainedSpace, openExplainedSpace, type ExplainedSpace } from './explained-space.ts'
