/** How a key is read when no mapping says so. */
export interface CustomaryReading {
  /** Identifier type or built-in attribute. */
  readonly type: string
  /** false: the key speaks of the value's kind but not of whose it is; such a value is never verified. */
  readonly own: boolean
  /** true: a value that does not standardize is no rejection, the key may hold something else. */
  readonly soft: boolean
}

/** Names in snake_case that are read as a built-in type. */
const namesByType: Readonly<Record<string, readonly string[]>> = {
  customer_id: ['customer_id', 'customer_number', 'customer_no', 'cust_id'],
  user_id: ['user_id'],
  external_ref: ['external_ref', 'external_reference', 'external_id'],
  conversation_id: ['conversation_id'],
  device_id: ['device_id'],
  anonymous_id: ['anonymous_id'],
  first_name: ['first_name', 'firstname', 'given_name', 'forename', 'fname'],
  last_name: ['last_name', 'lastname', 'surname', 'family_name', 'lname'],
  display_name: ['display_name', 'full_name', 'fullname'],
  birth_date: ['birth_date', 'birthdate', 'date_of_birth', 'dob', 'birthday'],
  postcode: ['postcode', 'post_code', 'postal_code', 'zip', 'zip_code', 'zipcode'],
}

const typeByName = new Map(Object.entries(namesByType).flatMap(([type, names]) => names.map((name) => [name, type])))

const ownPrefixes = ['', 'user_', 'customer_', 'contact_', 'primary_', 'work_', 'home_', 'personal_']
const emailNames = namesWithPrefixes(['email', 'e_mail', 'email_address', 'e_mail_address'])
const phoneNames = namesWithPrefixes([
  'phone', 'mobile', 'tel', 'msisdn', 'phone_number', 'mobile_number', 'mobile_phone', 'telephone', 'telephone_number',
  'cell', 'cell_phone', 'cellphone', 'tel_number',
])

/** The customary reading of a name in snake_case; null: it is a trait like any other. */
export function customaryReading(name: string): CustomaryReading | null {
  if (emailNames.has(name)) return { type: 'email', own: true, soft: false }
  if (phoneNames.has(name)) return { type: 'phone', own: true, soft: false }
  const type = typeByName.get(name)
  if (type) return { type, own: true, soft: false }
  if (name.includes('email') || name.includes('e_mail')) return { type: 'email', own: false, soft: true }
  if (/(^|_)(phone|mobile|tel|msisdn|telephone)(_|$)/.test(name)) return { type: 'phone', own: false, soft: true }
  return null
}

/** Objects inside a payload whose keys speak of the person the record is about. Under any other parent nothing is verified. */
export const ownParents: ReadonlySet<string> = new Set([
  'traits', 'properties', 'props', 'context', 'user', 'customer', 'contact', 'profile', 'person', 'visitor', 'buyer',
])

/** Customary names of a table's primary key, the likeliest first. A source's own `<name>_id` counts too. */
export const keyNames: readonly string[] = ['record_id', 'id', '_id', 'uuid', 'guid', 'row_id', 'pk', 'primary_key']

/** Customary names of the time of observation, the likeliest first. */
export const observedAtNames: readonly string[] = [
  'observed_at', 'updated_at', 'modified_at', 'last_modified', 'last_updated', 'update_time', 'timestamp', 'event_time',
  'occurred_at', 'created_at', 'create_time', 'signup_date', 'created',
]

function namesWithPrefixes(names: readonly string[]): ReadonlySet<string> {
  return new Set(ownPrefixes.flatMap((prefix) => names.map((name) => prefix + name)))
}
