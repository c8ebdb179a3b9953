/** A row of the picture: what is said, on whose side, and whether it goes from the one to the other. */
type Row = { says: string; lane: 'publisher' | 'consumer'; shape: 'begins' | 'request' | 'state' | 'broken' }

const WIDTH = 860
const MARGIN = 24
const LANE_WIDTH = 380
const LANES = { publisher: MARGIN, consumer: WIDTH - MARGIN - LANE_WIDTH } as const
const ROW_HEIGHT = 44
const BOX_HEIGHT = 32
const TOP = 104
/** How far an action is moved in that happens between the steps of another. */
const INDENT = 18

/** What begins a sentence that tells of something between the steps of an action. */
const BETWEEN = 'Before it continues, '

/**
 * A history as the explorer tells it, as an SVG: the publisher at the left and the consumer at the right, from top to bottom in
 * the sequence in which it happened. What happens between the steps of an action is moved in.
 * @param broken how many sentences at the end say what does not hold
 */
export function drawStory(title: string, sentences: readonly string[], broken: number): string {
  const rows = sentences.map((sentence, place) => rowOf(sentence, place >= sentences.length - broken))
  const height = TOP + rows.length * ROW_HEIGHT + MARGIN
  let isBetween = false
  const drawn = rows.map((row, place) => {
    const sentence = sentences[place] ?? ''
    isBetween = sentence.startsWith(BETWEEN) || (isBetween && !CONTINUES.test(sentence))
    return drawRow(row, TOP + place * ROW_HEIGHT, isBetween ? INDENT : 0)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description">
  <title id="title">${escape(title)}</title>
  <desc id="description">${escape(sentences.join(' '))}</desc>
${STYLE}
  <rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="12" />
  <text class="head" x="${MARGIN}" y="36">${escape(title)}</text>
  <text class="label" x="${LANES.publisher}" y="76">The publisher and its writers</text>
  <text class="label" x="${LANES.consumer}" y="76">The consumer</text>
  <line class="lane" x1="${WIDTH / 2}" y1="64" x2="${WIDTH / 2}" y2="${TOP + (rows.length - broken) * ROW_HEIGHT}" />
${drawn.join('\n')}
</svg>
`
}

const CONTINUES = /that was begun before continues/

function rowOf(sentence: string, isBroken: boolean): Row {
  const says = sentence.startsWith(BETWEEN) ? capitalize(sentence.slice(BETWEEN.length)) : sentence
  if (isBroken) return { says, lane: 'publisher', shape: 'broken' }
  const lane = /consumer|Somebody follows|^Its (?:copy|token)|copy of record|^It has no token/.test(says)
    ? 'consumer'
    : 'publisher'
  if (/^The consumer (?:pulls|compares|reads)|^Somebody follows/.test(says)) return { says, lane, shape: 'request' }
  return { says, lane, shape: STATES.test(says) ? 'state' : 'begins' }
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Sentences that say how it is then, and not what somebody does. */
const STATES =
  /^(?:Number \d+ is drawn|Record \d+ has number|Its |The (?:publisher|consumer) is in epoch|It has no|There is no copy)/

function drawRow({ says, lane, shape }: Row, y: number, indent: number): string {
  if (shape === 'broken') {
    return `  <rect class="lost" x="${MARGIN}" y="${y}" width="${WIDTH - 2 * MARGIN}" height="${BOX_HEIGHT}" rx="6" />
  <text class="bad" x="${MARGIN + 14}" y="${y + 21}">${escape(says)}</text>`
  }
  const x = LANES[lane] + indent
  const width = LANE_WIDTH - indent
  const box = `  <rect class="${shape === 'state' ? 'row' : lane === 'consumer' ? 'read' : 'span'}" x="${x}" y="${y}" width="${width}" height="${BOX_HEIGHT}" rx="6" />
  <text x="${x + 14}" y="${y + 21}">${escape(says)}</text>`
  if (shape !== 'request') return box
  const middle = y + BOX_HEIGHT / 2
  const left = LANES.publisher + LANE_WIDTH
  return `${box}
  <path class="way" d="M${x} ${middle} H${left}" marker-end="url(#tip)" />`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

const STYLE = `  <style>
    .ground { fill: #fff; stroke: #e2e5ea; }
    .lane { stroke: #e2e5ea; stroke-width: 1; }
    .span { fill: #eef0fd; stroke: #4353d0; }
    .read { fill: #e5f4f1; stroke: #0b7261; }
    .lost { fill: #fdecee; stroke: #b01e2e; }
    .row { fill: #f6f7f9; stroke: #858e9d; }
    text { font: 14px system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; fill: #181d27; }
    .label { font-size: 12px; fill: #565f6e; }
    .head { font-weight: 650; }
    .bad { fill: #b01e2e; font-weight: 600; }
    .way { fill: none; stroke: #565f6e; stroke-width: 1.5; }
    .tip { fill: #565f6e; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0e1116; stroke: #2a303b; }
      .lane { stroke: #2a303b; }
      .span { fill: #1d2244; stroke: #a9b4ff; }
      .read { fill: #0f2b27; stroke: #6fd6bf; }
      .lost { fill: #341619; stroke: #ff9fa6; }
      .row { fill: #1b2029; stroke: #6b7586; }
      text { fill: #e7eaf0; }
      .label { fill: #9ca6b6; }
      .bad { fill: #ff9fa6; }
      .way { stroke: #9ca6b6; }
      .tip { fill: #9ca6b6; }
    }
  </style>
  <defs>
    <marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">
      <path class="tip" d="M0 0 10 5 0 10z" />
    </marker>
  </defs>`
