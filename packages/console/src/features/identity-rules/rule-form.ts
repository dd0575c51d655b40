import type { WrittenMapping } from '../../api/answers.ts'

/** A rule as it stands in the form. */
export interface RuleForm {
  readonly source: string
  readonly isAnyEvent: boolean
  readonly when: string
  readonly read: string
  readonly to: string
  readonly key: string
  readonly verified: boolean
  readonly precedence: number
  readonly enabled: boolean
}

export interface FormFaults {
  readonly when: string | null
  readonly read: string | null
  readonly key: string | null
}

/** What is wrong with what was typed so far; what is still empty is no fault yet. */
export function faultsOf({ isAnyEvent, when, read, to, key }: RuleForm): FormFaults {
  return {
    when: isAnyEvent || /^[a-z0-9_]*$/.test(when) ? null : 'An event name is snake_case: a to z, 0 to 9 and _.',
    read:
      read === '' || /^\w+(\.\w+)*$/.test(read)
        ? null
        : 'A path is words with dots between them, such as props.user.email: no brackets, no stars.',
    key: to !== 'trait' || /^\w*$/.test(key) ? null : 'A trait key is letters, digits and _.',
  }
}

/** Whether it can be saved. */
export function isWhole(form: RuleForm): boolean {
  const { source, isAnyEvent, when, read, to, key } = form
  const isFilled = source !== '' && (isAnyEvent || when !== '') && read !== '' && (to !== 'trait' || key !== '')
  return isFilled && Object.values(faultsOf(form)).every((fault) => fault === null)
}

/** The rule as the ruleset file writes it. */
export function mappingOf({
  isAnyEvent,
  when,
  read,
  to,
  key,
  verified,
  precedence,
  enabled,
}: RuleForm): WrittenMapping {
  const isClaim = !['customer_id', 'external_ref', 'first_name', 'last_name', 'display_name', 'trait'].includes(to)
  return {
    ...(!isAnyEvent && when !== '' && { when }),
    read,
    to,
    ...(to === 'trait' && { key }),
    ...(isClaim && { verified }),
    precedence,
    ...(!enabled && { enabled }),
  }
}
