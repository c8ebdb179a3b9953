/** What is wrong with a definition of a feed, or of its consumer. */
export type HandoverErrorCode =
  | 'name_is_no_identifier'
  | `${'key' | 'revision' | 'sequenceNr' | 'fingerprint'}_is_no_integer`
  | 'published_since_is_never_null'
  | 'derived_is_of_another_table'
  | 'probe_is_unreadable'
  | 'apply_writes_a_table_of_the_handover'
  | 'sequencer_is_of_another_feed'

/** Why a definition is refused: a mistake of whoever wrote it, found when the app starts. The message says what to do. */
export class HandoverError extends Error {
  readonly code: HandoverErrorCode

  constructor(code: HandoverErrorCode, message: string) {
    super(message)
    this.name = 'HandoverError'
    this.code = code
  }
}
