/** How a key is read when no mapping says so. */
export interface CustomaryReading {
  /** Identifier type or built-in attribute. */
  readonly type: string
  /** false: the key speaks of the value's kind but not of whose it is; such a value is never verified. */
  readonly own: boolean
  /** true: a value that does not standardize is no rejection, the key may hold something else. */
  readonly soft: boolean
  /** Of two keys that fill one field the lower counts: the plain name before `work_…`. */
  readonly rank: number
}

/**
 * Names in snake_case that are read as a built-in type, the plainest first. Left out on purpose: `id` and `record_id` (the
 * key of a row), `account_id`, `company_id`, `group_id` (no person), `crm_id`, `client_id` (of what, only the user knows).
 */
const namesByType: Readonly<Record<string, readonly string[]>> = {
  customer_id: ['customer_id', 'customerid', 'customer_number', 'customer_no', 'customer_nr', 'cust_id'],
  user_id: ['user_id', 'userid'],
  external_ref: ['external_ref', 'external_reference', 'external_id'],
  conversation_id: ['conversation_id'],
  device_id: ['device_id', 'deviceid'],
  anonymous_id: ['anonymous_id', 'anonymousid'],
  birth_date: [
    'birth_date',
    'birthdate',
    'date_of_birth',
    'dob',
    'birthday',
    'birth_day',
    'geburtsdatum',
    'date_naissance',
    'date_de_naissance',
    'fecha_nacimiento',
    'fecha_de_nacimiento',
  ],
}

/** Parts of a person's name, the plainest first; `name_first` and the like are what data brokers write. */
const nameNames: Readonly<Record<string, readonly string[]>> = {
  first_name: [
    'first_name',
    'firstname',
    'given_name',
    'givenname',
    'forename',
    'fname',
    'name_first',
    'vorname',
    'prenom',
  ],
  last_name: [
    'last_name',
    'lastname',
    'surname',
    'family_name',
    'familyname',
    'lname',
    'name_last',
    'nachname',
    'familienname',
    'nom_de_famille',
    'apellido',
    'apellidos',
  ],
  display_name: ['display_name', 'displayname', 'full_name', 'fullname', 'name_full'],
}
const namePrefixes = ['', 'primary_', 'legal_', 'user_', 'customer_', 'contact_']

const postcodeNames = [
  'postcode',
  'post_code',
  'postal_code',
  'postalcode',
  'zip',
  'zip_code',
  'zipcode',
  'plz',
  'postleitzahl',
  'code_postal',
  'codigo_postal',
]
const postcodePrefixes = [
  '',
  'primary_',
  'home_',
  'mailing_',
  'billing_',
  'address_',
  'addr_',
  'customer_',
  'contact_',
  'user_',
]

const ownPrefixes = ['', 'primary_', 'personal_', 'home_', 'work_', 'user_', 'customer_', 'contact_']
const emailNames = ['email', 'e_mail', 'email_address', 'e_mail_address']
const phoneNames = [
  'phone',
  'mobile',
  'tel',
  'msisdn',
  'phone_number',
  'phone_no',
  'phone_nr',
  'mobile_number',
  'mobile_no',
  'mobile_phone',
  'telephone',
  'telephone_number',
  'cell',
  'cell_phone',
  'cellphone',
  'tel_number',
  'tel_no',
  'telefon',
  'telefonnummer',
  'handy',
  'telefono',
]

const readingByName: ReadonlyMap<string, CustomaryReading> = new Map([
  ...Object.entries(namesByType).flatMap(([type, names]) => ranked(type, names)),
  ...Object.entries(nameNames).flatMap(([type, names]) => ranked(type, withPrefixes(names, namePrefixes))),
  ...ranked('postcode', withPrefixes(postcodeNames, postcodePrefixes)),
  ...ranked('email', withPrefixes(emailNames, ownPrefixes)),
  ...ranked('phone', withPrefixes(phoneNames, ownPrefixes)),
])

/** The customary reading of a name in snake_case; null: it is a trait like any other. */
export function customaryReading(name: string): CustomaryReading | null {
  const known = readingByName.get(name)
  if (known) return known
  if (name.includes('email') || name.includes('e_mail')) return { type: 'email', own: false, soft: true, rank: 0 }
  const speaksOfPhone =
    name.includes('phone') || name.includes('msisdn') || /(?:^|_)(?:mobile|tel)[0-9]?(?:_|$)/.test(name)
  return speaksOfPhone ? { type: 'phone', own: false, soft: true, rank: 0 } : null
}

/** Objects inside a payload that are called after the person the record is about. */
export const personParents: ReadonlySet<string> = new Set([
  'user',
  'customer',
  'contact',
  'profile',
  'person',
  'visitor',
  'buyer',
])

/** Objects inside a payload whose keys speak of the person the record is about. Under any other parent nothing is verified. */
export const ownParents: ReadonlySet<string> = new Set([...personParents, 'traits', 'properties', 'props', 'context'])

/** Objects that hold, inside a person's traits, where the person lives: the postcode is looked for there too. */
export const addressParents: ReadonlySet<string> = new Set([
  'address',
  'home_address',
  'billing_address',
  'mailing_address',
  'postal_address',
])

/** Customary names of a table's primary key, the likeliest first. A source's own `<name>_id` counts too. */
export const keyNames: readonly string[] = ['record_id', 'id', '_id', 'uuid', 'guid', 'row_id', 'pk', 'primary_key']

/** Customary names of the time of observation, the likeliest first. */
export const observedAtNames: readonly string[] = [
  'observed_at',
  'updated_at',
  'modified_at',
  'last_modified',
  'last_updated',
  'update_time',
  'timestamp',
  'event_time',
  'occurred_at',
  'created_at',
  'create_time',
  'signup_date',
  'created',
]

function ranked(type: string, names: readonly string[]): readonly (readonly [string, CustomaryReading])[] {
  return names.map((name, rank) => [name, { type, own: true, soft: false, rank }])
}

function withPrefixes(names: readonly string[], prefixes: readonly string[]): readonly string[] {
  return prefixes.flatMap((prefix) => names.map((name) => prefix + name))
}
