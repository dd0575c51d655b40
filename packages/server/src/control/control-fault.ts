import { httpErrors, type HttpErrorCode } from '@selfsame/contract'

type OfControl<Code extends string> = Code extends `${'space' | 'source' | 'key' | 'user' | 'sign_in'}.${string}`
  ? Code
  : never
/** Outcomes of managing spaces, sources, keys and users that the caller can put right. */
export type ControlFaultCode = Exclude<OfControl<HttpErrorCode>, 'space.not_named'>

/** Nothing was changed. The message says what to do next and holds no value of a record. */
export class ControlFault extends Error {
  readonly code: ControlFaultCode
  readonly retryAfterSeconds: number | undefined
  constructor(code: ControlFaultCode, message: string, retryAfterSeconds?: number) {
    super(message)
    this.name = 'ControlFault'
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }

  get status(): number {
    return httpErrors[this.code].status
  }
}
