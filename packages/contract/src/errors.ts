/** What can go wrong at the HTTP interface: one catalogue, which `docs/reference/errors.md` lists too. */
export interface ErrorEntry {
  /** HTTP status. */
  readonly status: number
  readonly title: string
  /** Whether the same request may succeed later. */
  readonly retry: boolean
}

export const httpErrors = {
  'access.unauthenticated': { status: 401, title: 'No key, or a key that does not open this', retry: false },
  'access.forbidden': { status: 403, title: 'The key or role does not allow this', retry: false },
  'access.bad_origin': { status: 403, title: 'The write does not come from a page of this server', retry: false },
  'access.bad_csrf_token': { status: 403, title: "The session's token is missing or wrong", retry: false },
  'space.unknown': { status: 404, title: 'There is no such space', retry: false },
  'space.not_named': { status: 400, title: 'The request names no space', retry: false },
  'space.name_taken': { status: 409, title: 'There is a space of that name already', retry: false },
  'space.malformed_name': { status: 400, title: 'This is no name for a space', retry: false },
  'space.not_confirmed': { status: 409, title: 'The name of the space was not said again', retry: false },
  'space.last': { status: 409, title: 'The last space of a workspace stays', retry: false },
  'source.unknown': { status: 404, title: 'There is no such source in this space', retry: false },
  'source.malformed_name': { status: 400, title: 'This is no name for a source', retry: false },
  'source.other_class': { status: 409, title: 'The source is of the other class', retry: false },
  'source.elsewhere': { status: 409, title: 'The source belongs to other spaces too', retry: false },
  'source.public_is_untrusted': { status: 400, title: 'A public source cannot be trusted', retry: false },
  'source.public_keys': { status: 409, title: 'The source has public keys in use', retry: false },
  'key.unknown': { status: 404, title: 'There is no such key in this space', retry: false },
  'key.ended': { status: 409, title: 'The key is revoked or expired', retry: false },
  'key.replaced': { status: 409, title: 'Another key has taken the place of this one', retry: false },
  'key.public_sees_nothing': { status: 400, title: 'A public key writes and sees nothing', retry: false },
  'key.expires_in_the_past': { status: 400, title: 'The key would have expired before it was made', retry: false },
  'user.unknown': { status: 404, title: 'There is no such user', retry: false },
  'user.name_taken': { status: 409, title: 'There is a user of that name already', retry: false },
  'user.malformed_name': { status: 400, title: 'This is no name for a user', retry: false },
  'user.last_administrator': { status: 409, title: 'The last administrator stays one', retry: false },
  'user.password_too_short': { status: 400, title: 'The password has fewer than 12 characters', retry: false },
  'user.password_too_long': { status: 400, title: 'The password has more than 1,024 bytes', retry: false },
  'user.wrong_password': { status: 403, title: 'The current password is wrong', retry: false },
  'sign_in.refused': { status: 401, title: 'Name, password or link does not open this', retry: false },
  'sign_in.too_many_attempts': { status: 429, title: 'Too many attempts to sign in', retry: true },
  'sign_in.plain_http': { status: 403, title: 'Signing in needs https, or the machine itself', retry: false },
  'profile.unknown': { status: 404, title: 'There is no such profile', retry: false },
  'profile.gone': { status: 410, title: 'The profile holds no record any more', retry: false },
  'candidate.unknown': { status: 404, title: 'There is no such candidate', retry: false },
  'identifier.unknown': { status: 400, title: 'The ruleset has no such identifier', retry: false },
  'ruleset.unknown_version': { status: 404, title: 'There is no such version of the ruleset', retry: false },
  'ruleset.invalid': { status: 400, title: 'The ruleset has faults', retry: false },
  'ruleset.version_conflict': { status: 409, title: 'Another version was published meanwhile', retry: false },
  'ruleset.draft_conflict': { status: 409, title: 'The draft was saved by somebody else meanwhile', retry: false },
  'ruleset.no_draft': { status: 404, title: 'There is no draft of the ruleset', retry: false },
  'blocked_value.known': { status: 409, title: 'The value is blocked already', retry: false },
  'blocked_value.unknown': { status: 404, title: 'The value is not blocked', retry: false },
  'blocked_value.otherwise': { status: 409, title: 'What blocks the value blocks more than it', retry: false },
  'record.unknown': { status: 404, title: 'There is no such record', retry: false },
  'run.unknown': { status: 404, title: 'There is no such run', retry: false },
  'export.unknown_table': { status: 404, title: 'There is no such table', retry: false },
  'cursor.invalid': { status: 400, title: 'The cursor does not belong to this question', retry: false },
  'feed.too_many_readers': { status: 503, title: 'Too many follow the changes already', retry: true },
  'request.not_found': { status: 404, title: 'There is nothing here', retry: false },
  'request.malformed': { status: 400, title: 'This is not a request that HTTP knows', retry: false },
  'request.address_too_long': { status: 414, title: 'The address is too long', retry: false },
  'request.headers_too_large': { status: 431, title: 'The headers are too large', retry: false },
  'request.method_not_allowed': { status: 405, title: 'This address does not take the method', retry: false },
  'request.bad_host': { status: 403, title: 'The Host header names another server', retry: false },
  'request.invalid': { status: 400, title: 'The request does not have the shape it should', retry: false },
  'request.broken_json': { status: 400, title: 'The body is not JSON', retry: false },
  'request.too_deep': { status: 400, title: 'The JSON is nested too deeply', retry: false },
  'request.backslash_key': { status: 400, title: 'A key in the JSON holds a backslash', retry: false },
  'request.bad_encoding': { status: 400, title: 'The body is not UTF-8, or its compression is broken', retry: false },
  'request.too_large': { status: 413, title: 'The body is too large', retry: false },
  'request.too_many_records': { status: 413, title: 'The body holds too many records', retry: false },
  'request.unsupported_type': { status: 415, title: 'The content type is not understood', retry: false },
  'request.timeout': { status: 408, title: 'The body came too slowly', retry: true },
  'letter.unknown': { status: 404, title: 'There is no such dead letter in this space', retry: false },
  'letter.replayed': { status: 409, title: 'The dead letter was taken already', retry: false },
  'ingest.rate_limited': { status: 429, title: 'The key sends faster than it may', retry: true },
  'ingest.overloaded': { status: 503, title: 'Too many records are waiting', retry: true },
  'server.stopping': { status: 503, title: 'The server is stopping', retry: true },
  'server.not_ready': { status: 503, title: 'The database cannot be reached', retry: true },
  'server.failed': { status: 500, title: 'The server failed', retry: true },
} as const satisfies Record<string, ErrorEntry>

export type HttpErrorCode = keyof typeof httpErrors

/** Why a record was put aside among the dead letters. */
export const letterCodes = {
  'record.not_an_object': 'the element is no JSON object',
  'record.too_deep': 'it is nested more than 64 deep',
  'record.too_many_keys': 'an object in it has more than 1,000 keys',
  'record.backslash_key': 'a key in it holds a backslash',
  'record.bad_text': 'a text in it holds NUL or half a surrogate pair, which no store gives back as it was',
  'record.key_too_long': 'its message id or primary key is longer than 512 characters',
  'record.no_key': 'the row lacks a primary key',
  'record.nested_batch': 'it holds a batch of events itself',
  'record.broken_line': 'the line is not JSON, or has more or fewer cells than the header',
} as const

export type LetterCode = keyof typeof letterCodes
