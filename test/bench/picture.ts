import type { Measure } from './figure.ts'
import { type Report, writeNumber } from './report.ts'

const WIDTH = 860
const LABELS = 270
const BARS = 400
const ROW = 22
const HEAD = 30
const GAP = 18
const TOP = 56

/** The report's measures as bars with their spread, for a page: an SVG that needs nothing else. */
export function drawReport(report: Report): string {
  const charts: string[] = []
  let y = TOP
  for (const measure of report.measures) {
    charts.push(drawMeasure(measure, y))
    y += HEAD + measure.figures.length * ROW + GAP
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    `<title>Waybill, measured against what one could pick instead</title>`,
    `<rect width="${WIDTH}" height="${y}" fill="#fff"/>`,
    `<text x="20" y="26" font-size="16" font-weight="600">Waybill, measured against what one could pick instead</text>`,
    `<text x="20" y="44" fill="#555">${escape(`${report.at.slice(0, 10)}, ${report.machine}`)}</text>`,
    ...charts,
    '</svg>',
    '',
  ].join('\n')
}

function drawMeasure({ name, unit, figures }: Measure, top: number): string {
  const most = Math.max(...figures.map(({ high }) => high), Number.MIN_VALUE)
  const scale = (value: number): number => Math.round((value / most) * BARS)
  const rows = figures.map(({ who, median, low, high }, index) => {
    const y = top + HEAD + index * ROW
    const spread = `<path d="M${LABELS + scale(low)} ${y + 8}H${LABELS + scale(high)}" stroke="#111" stroke-width="1.5"/>`
    return [
      `<text x="${LABELS - 10}" y="${y + 12}" text-anchor="end">${escape(who)}</text>`,
      `<rect x="${LABELS}" y="${y}" width="${Math.max(scale(median), 1)}" height="16" rx="2" fill="${index === 0 ? '#1f5fbf' : '#b8c4d6'}"/>`,
      low === high ? '' : spread,
      `<text x="${LABELS + Math.max(scale(high), scale(median)) + 8}" y="${y + 12}">${writeNumber(median)} ${escape(unit)}</text>`,
    ].join('')
  })
  return [`<text x="20" y="${top + 16}" font-weight="600">${escape(name)}</text>`, ...rows].join('\n')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
