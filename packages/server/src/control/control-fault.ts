/** Outcomes of managing spaces, sources, keys and users that the caller can put right. */
export const controlFaults = {
  'space.unknown': 404,
  'space.name_taken': 409,
  'space.malformed_name': 400,
  'space.not_confirmed': 409,
  'space.last': 409,
  'source.unknown': 404,
  'source.malformed_name': 400,
  'source.other_class': 409,
  'source.elsewhere': 409,
  'source.public_is_untrusted': 400,
  'source.public_keys': 409,
  'key.unknown': 404,
  'key.ended': 409,
  'key.replaced': 409,
  'key.public_sees_nothing': 400,
  'key.expires_in_the_past': 400,
  'user.unknown': 404,
  'user.name_taken': 409,
  'user.malformed_name': 400,
  'user.last_administrator': 409,
  'user.password_too_short': 400,
  'user.password_too_long': 400,
  'user.wrong_password': 403,
  'sign_in.refused': 401,
  'sign_in.too_many_attempts': 429,
  'sign_in.plain_http': 403,
} as const satisfies Record<string, number>
export type ControlFaultCode = keyof typeof controlFaults

/** Nothing was changed. The message says what to do next and holds no value of a record. */
export class ControlFault extends Error {
  readonly code: ControlFaultCode
  readonly status: number
  readonly retryAfterSeconds: number | null
  constructor(code: ControlFaultCode, message: string, retryAfterSeconds: number | null = null) {
    super(message)
    this.name = 'ControlFault'
    this.code = code
    this.status = controlFaults[code]
    this.retryAfterSeconds = retryAfterSeconds
  }
}
