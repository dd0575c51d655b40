export { decide, type DecisionResult } from './decide.ts'
export * from './decision-request.ts'
