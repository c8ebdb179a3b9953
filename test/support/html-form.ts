/** What an HTML document says by these; anything else that is named is left as it is. */
const ENTITIES = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
])

/** What a browser sends of a page's form as it came, without a button: line breaks as CR LF, whatever stood there. */
export function sentFields(html: string): [string, string][] {
  const controls =
    /<input\b(?<input>[^>]*)>|<textarea\b(?<area>[^>]*)>(?<text>[^<]*)<\/textarea>|<select\b(?<select>[^>]*)>(?<options>.*?)<\/select>/gs
  return [...html.matchAll(controls)].flatMap(({ groups = {} }): [string, string][] => {
    const { input, area, text = '', select, options = '' } = groups
    const name = attribute(input ?? area ?? select ?? '', 'name')
    if (name === undefined) return []
    if (input !== undefined) return [[name, attribute(input, 'value') ?? '']]
    if (area !== undefined) return [[name, writtenBack(decode(text))]]
    return [[name, attribute(/<option\b[^>]*\bselected[^>]*>/.exec(options)?.[0] ?? '', 'value') ?? '']]
  })
}

/** The parser drops a line break that a textarea begins with. */
function writtenBack(text: string): string {
  return text.replace(/^\n/, '').replaceAll(/\r\n?|\n/g, '\r\n')
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]
  return found === undefined ? undefined : decode(found)
}

function decode(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES.get(entity) ?? entity)
}

/** A page without the marks that keep a document's number on one line. */
export function withoutUnbroken(html: string): string {
  return html.replaceAll(/<span class="unbroken">([^<]*)<\/span>/g, '$1')
}
