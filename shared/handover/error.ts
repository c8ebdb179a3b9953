/** What is wrong with a declaration. */
export type HandoverErrorCode =
  | 'name_invalid'
  | 'key_no_integer'
  | 'derived_elsewhere'
  | 'probe_unreadable'
  | 'table_not_yours'

/** A declaration is refused where it is made; the message says what to do instead. */
export class HandoverError extends Error {
  readonly code: HandoverErrorCode

  constructor(code: HandoverErrorCode, message: string) {
    super(message)
    this.name = 'HandoverError'
    this.code = code
  }
}
