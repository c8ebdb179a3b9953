/** The longest word that is left whole wherever it stands: a longer one is broken rather than push aside what is beside it. */
const LONGEST_WORD = 20
const LONG_WORD = new RegExp(`[^\\s\\u200b]{${LONGEST_WORD + 1}}`, 'u')

/**
 * A text that somebody typed, within words or beside figures of the page: a name, an id, an address of e-mail. It is
 * isolated, so that Arabic or Hebrew in it turns nothing that stands beside it, and its own full stop stands at its own
 * end (Unicode, UAX 9, section 2.7). Nothing where there is no text.
 */
export function StoredText({ children }: { children: string | null | undefined }) {
  if (children === null || children === undefined) return null
  return <bdi class={LONG_WORD.test(children) ? 'breakable' : undefined}>{children}</bdi>
}

/** The same for places that take no element: an attribute, a tab's title, one text made of several. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069` // FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE
}

/** A text of several lines as it was typed: line breaks are kept, and each paragraph has its own direction. */
export function StoredParagraphs({ children }: { children: string | null }) {
  return <p class="stored-paragraphs">{children}</p>
}

const QUOTED = /(“[^”]*”)/

/** A sentence of the page in which what stands “in quotation marks” was typed. */
export function Sentence({ text }: { text: string }) {
  if (!QUOTED.test(text)) return <>{text}</>
  return (
    <>
      {text.split(QUOTED).map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <>
            “<StoredText>{part.slice(1, -1)}</StoredText>”
          </>
        ),
      )}
    </>
  )
}
